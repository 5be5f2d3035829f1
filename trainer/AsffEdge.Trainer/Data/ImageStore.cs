using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>Where a data set's pictures come from: a folder (with pictures, videos, or both) or one video file.</summary>
public sealed class ImageStore : IDisposable
{
    private readonly string _path;
    private readonly bool _isVideo;
    private readonly Dictionary<string, VideoFrames> _videos = [];

    /// <param name="path">A folder, or a video file.</param>
    /// <exception cref="DatasetException">There is neither.</exception>
    public ImageStore(string path)
    {
        _path = path;
        _isVideo = File.Exists(path);
        if (!_isVideo && !Directory.Exists(path))
        {
            throw new DatasetException(
                $"{path}: no such file or folder; expected a folder with images, or a video file"
            );
        }
    }

    /// <summary>Decodes the videos that the references name, and tells which references cannot be had, each with the reason.</summary>
    public IReadOnlyList<string> Prepare(IReadOnlyCollection<ImageReference> references)
    {
        var problems = new List<string>();
        foreach (
            IGrouping<string, ImageReference> video in references
                .Where(reference => reference.IsFrame)
                .GroupBy(reference => reference.File)
        )
        {
            PrepareVideo(
                video.Key,
                video.Select(reference => reference.Frame).ToHashSet(),
                problems
            );
        }

        foreach (ImageReference reference in references.Where(reference => !reference.IsFrame))
        {
            if (_isVideo)
            {
                problems.Add(
                    $"image '{reference.File}' is no frame of the video {_path}; expected '{Path.GetFileName(_path)}#000001' and so on"
                );
            }
            else if (!File.Exists(Path.Combine(_path, reference.File)))
            {
                problems.Add($"image '{reference.File}' is missing from {_path}");
            }
        }

        return problems;
    }

    /// <summary>A picture as 8UC3 BGR, read only, to be disposed by the caller. Only references that were prepared.</summary>
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

    private void PrepareVideo(string name, HashSet<int> wanted, List<string> problems)
    {
        string file = _isVideo ? _path : Path.Combine(_path, name);
        if (_isVideo ? Path.GetFileName(_path) != name : !File.Exists(file))
        {
            problems.Add(
                _isVideo
                    ? $"{wanted.Count} frames are of the video '{name}', but the images are to come from {_path}"
                    : $"the video '{name}' is missing from {_path}"
            );
            return;
        }

        VideoFrames frames = VideoFrames.Decode(file, wanted);
        _videos.Add(name, frames);
        problems.AddRange(
            wanted
                .Where(number => !frames.Contains(number))
                .Order()
                .Select(number => $"frame {number} is not in the video {file}")
        );
    }
}
