using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

/// <summary>Makes the files that data sets consist of.</summary>
internal static class DatasetFiles
{
    /// <summary>A PNG of one colour.</summary>
    public static void WriteImage(
        this TemporaryFolder folder,
        string name,
        int width,
        int height,
        Scalar colour
    )
    {
        using var image = new Mat(height, width, MatType.CV_8UC3, colour);
        Assert.True(Cv2.ImWrite(Path.Combine(folder.Path, name), image));
    }

    /// <summary>A clip whose frame n, from 1, is grey of brightness 20·n.</summary>
    public static string WriteVideo(this TemporaryFolder folder, string name, int frames)
    {
        string file = Path.Combine(folder.Path, name);
        using var writer = new VideoWriter(file, FourCC.MJPG, 10, new Size(96, 64));
        for (int number = 1; number <= frames; number++)
        {
            using var frame = new Mat(64, 96, MatType.CV_8UC3, Scalar.All(20 * number));
            writer.Write(frame);
        }

        return file;
    }
}
