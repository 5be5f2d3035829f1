using OpenCvSharp;

namespace AsffEdge.Agent.Drawing;

/// <summary>
/// Where annotated pictures go: into one file, or into a folder under the names of their inputs. Videos become MP4 files.
/// </summary>
public sealed class AnnotatedOutput : IDisposable
{
    private const string VideoExtension = ".mp4";
    private const double NominalFps = 25;

    private readonly string _path;
    private readonly bool _isFile;
    private readonly HashSet<string> _used = new(StringComparer.OrdinalIgnoreCase);
    private VideoWriter? _video;
    private Size _videoSize;
    private string _videoPath = "";

    /// <summary>An output at <paramref name="path"/>: a file if the name has an extension and no folder has that name, else a folder, which is made.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made.</exception>
    public AnnotatedOutput(string path)
    {
        _path = path;
        _isFile = IsFile(path);
        string? folder = _isFile ? Path.GetDirectoryName(Path.GetFullPath(path)) : path;
        Directory.CreateDirectory(folder!);
    }

    /// <summary>Whether a path names one file rather than a folder.</summary>
    public static bool IsFile(string path) => Path.HasExtension(path) && !Directory.Exists(path);

    /// <summary>Writes one picture.</summary>
    /// <param name="input">Path of the picture that it was.</param>
    /// <param name="picture">The annotated picture.</param>
    /// <exception cref="IOException">It cannot be written; the message names the file.</exception>
    public void WritePicture(string input, Mat picture)
    {
        string path = _isFile ? _path : Unused(Path.GetFileName(input));
        bool written;
        try
        {
            written = Cv2.ImWrite(path, picture);
        }
        catch (OpenCVException error)
        {
            throw new IOException(
                $"{path}: cannot be written as a picture: {error.Message}",
                error
            );
        }

        if (!written)
        {
            throw new IOException($"{path}: cannot be written as a picture");
        }
    }

    /// <summary>Adds a picture to the video of the current input; the first one begins it.</summary>
    /// <param name="input">The input's path or address without secrets.</param>
    /// <param name="picture">The annotated picture. One of another size than the first is scaled to that.</param>
    /// <param name="fps">Frames a second of the video; null: 25.</param>
    /// <exception cref="IOException">The video cannot be written; the message names the file.</exception>
    public void WriteVideoFrame(string input, Mat picture, double? fps)
    {
        if (_video is null)
        {
            _videoPath = _isFile
                ? _path
                : Unused(Path.GetFileNameWithoutExtension(input) + VideoExtension);
            _videoSize = picture.Size();
            _video = new VideoWriter(
                _videoPath,
                FourCC.FromFourChars('m', 'p', '4', 'v'),
                fps ?? NominalFps,
                _videoSize
            );
        }

        if (!_video.IsOpened())
        {
            throw new IOException($"{_videoPath}: cannot be written as a video");
        }

        if (picture.Size() == _videoSize)
        {
            _video.Write(picture);
            return;
        }

        using var scaled = new Mat();
        Cv2.Resize(picture, scaled, _videoSize);
        _video.Write(scaled);
    }

    /// <summary>Completes the video of the current input, if there is one.</summary>
    public void EndInput()
    {
        _video?.Dispose();
        _video = null;
    }

    /// <inheritdoc />
    public void Dispose() => EndInput();

    /// <summary>Inputs of several folders may share a name.</summary>
    private string Unused(string name)
    {
        string unused = name;
        for (int i = 2; !_used.Add(unused); i++)
        {
            unused = $"{Path.GetFileNameWithoutExtension(name)}-{i}{Path.GetExtension(name)}";
        }

        return Path.Combine(_path, unused);
    }
}
