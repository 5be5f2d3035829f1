using OpenCvSharp;

namespace AsffEdge.Agent.Tests;

/// <summary>Real video files in a folder of their own, deleted with it.</summary>
public sealed class TestVideo : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asff-edge-video-");

    public string Folder => _folder.FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>A video whose frame k is grey with level 10·(k + 1), so that frames can be told apart.</summary>
    public string Write(string name, int frames, int width = 64, int height = 48, double fps = 25)
    {
        string path = PathOf(name);
        using var writer = new VideoWriter(path, FourCC.MJPG, fps, new Size(width, height));
        Assert.True(writer.IsOpened(), "the test cannot write videos");
        for (int k = 0; k < frames; k++)
        {
            using var picture = new Mat(height, width, MatType.CV_8UC3, Scalar.All(Level(k)));
            writer.Write(picture);
        }

        return path;
    }

    /// <summary>A video with a still picture of red or blue cells (see <see cref="Detection.Tests.ColourCells"/>).</summary>
    public string Write(string name, int frames, double fps, Mat picture)
    {
        string path = PathOf(name);
        using var writer = new VideoWriter(path, FourCC.MJPG, fps, picture.Size());
        for (int k = 0; k < frames; k++)
        {
            writer.Write(picture);
        }

        return path;
    }

    /// <summary>The frame number that a picture of <see cref="Write(string, int, int, int, double)"/> shows, from 0.</summary>
    public static int FrameOf(Mat picture) => (int)Math.Round(Cv2.Mean(picture).Val0 / 10) - 1;

    public void Dispose() => _folder.Delete(recursive: true);

    private static int Level(int frame) => 10 * (frame + 1);
}
