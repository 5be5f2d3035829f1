using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>Where a data set's pictures come from: a folder (with pictures, videos, or both) or one video file.</summary>
public sealed class ImageStore : IDisposable
{
    private readonly string _path;
    private readonly bool _isVideo;
    private readonly Dictionary<string, VideoFrames> _videos = [];

    /// <param name="path">A folder, or a video file.</param>
    /// <exception cref="InvalidDatasetException">There is neither.</exception>
    public ImageStore(string path)
    {
        _path = path;
        _isVideo = File.Exists(path);
        if (!_isVideo && !Directory.Exists(path))
        {
            throw new InvalidDatasetException(
                $"{path}: no such file or folder; expected a folder with images, or a video file"
            );
        }
    }

    /// <summary>Decodes the frames that the references name. Videos that cannot be opened are left out, and so are their frames.</summary>
    public void DecodeVideos(IEnumerable<ImageReference> references)
    {
        foreach (
            IGrouping<string, ImageReference> video in references
                .Where(reference => reference.IsFrame)
                .GroupBy(reference => reference.File)
        )
        {
            string file = _isVideo ? _path : Path.Combine(_path, video.Key);
            if (Path.GetFileName(file) == Path.GetFileName(video.Key) && File.Exists(file))
            {
                HashSet<int> wanted = [.. video.Select(reference => reference.Frame)];
                _videos[video.Key] = VideoFrames.Decode(file, wanted);
            }
        }
    }

    /// <summary>Why a picture cannot be had; null where it can. Frames must have been decoded before.</summary>
    public string? Problem(ImageReference reference)
    {
        if (reference.IsFrame)
        {
            if (!_videos.TryGetValue(reference.File, out VideoFrames? frames))
            {
                return _isVideo
                    ? $"frame {reference.Frame} is of the video '{reference.File}', but the images are to come from {_path}"
                    : $"the video '{reference.File}' is missing from {_path}";
            }

            return frames.Contains(reference.Frame)
                ? null
                : $"frame {reference.Frame} is not in the video {reference.File}";
        }

        if (_isVideo)
        {
            return $"image '{reference.File}' is no frame of the video {_path}; expected '{Path.GetFileName(_path)}#000001' and so on";
        }

        return File.Exists(Path.Combine(_path, reference.File))
            ? null
            : $"image '{reference.File}' is missing from {_path}";
    }

    /// <summary>The size of a picture that can be had; null where the file is no image.</summary>
    public Size? SizeOf(ImageReference reference) =>
        reference.IsFrame
            ? _videos[reference.File].Size
            : PictureSize.Read(Path.Combine(_path, reference.File));

    /// <summary>A picture as 8UC3 BGR, read only, to be disposed by the caller. Only references without a <see cref="Problem"/>.</summary>
    /// <exception cref="DatasetException">The file is no image.</exception>
    public Mat Load(ImageReference reference)
    {
        if (reference.IsFrame)
        {
            return _videos[reference.File].Load(reference.Frame);
        }

        string file = Path.Combine(_path, reference.File);
        Mat image = Cv2.ImRead(file, ImreadModes.Color);
        if (image.Empty())
        {
            image.Dispose();
            throw new DatasetException($"{file}: cannot be read as an image");
        }

        return image;
    }

    public void Dispose()
    {
        foreach (VideoFrames video in _videos.Values)
        {
            video.Dispose();
        }
    }
}
