using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

/// <summary>A folder for one test, with makers for the files that data sets consist of.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("asff-data-").FullName;

    public string Write(string name, string text)
    {
        string file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>A PNG of one colour.</summary>
    public void WriteImage(string name, int width, int height, Scalar colour)
    {
        using var image = new Mat(height, width, MatType.CV_8UC3, colour);
        Assert.True(Cv2.ImWrite(System.IO.Path.Combine(Path, name), image));
    }

    /// <summary>A clip whose frame n, from 1, is grey of brightness 20·n.</summary>
    public string WriteVideo(string name, int frames)
    {
        string file = System.IO.Path.Combine(Path, name);
        using var writer = new VideoWriter(file, FourCC.MJPG, 10, new Size(96, 64));
        for (int number = 1; number <= frames; number++)
        {
            using var frame = new Mat(64, 96, MatType.CV_8UC3, Scalar.All(20 * number));
            writer.Write(frame);
        }

        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
