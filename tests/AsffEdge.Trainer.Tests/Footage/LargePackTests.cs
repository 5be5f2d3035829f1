using System.Diagnostics;
using System.Globalization;
using AsffEdge.Trainer.Footage;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>
/// A pack as a device with several cameras fills it: frames of the demo's clip, each with noise of its own. <c>ASFF_PACK_FRAMES</c> says how many; how long
/// the merge takes is told, not judged.
/// </summary>
[Trait("Category", "Slow")]
public sealed class LargePackTests : IDisposable
{
    private const string Frames = "ASFF_PACK_FRAMES";
    private const string Default = "240";
    private const int Cameras = 4;

    private readonly TemporaryFolder _folder = new();

    private static string Clip => Path.Combine(Repository.Root, ".data", "vtest.avi");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_large_pack_is_merged_whole()
    {
        Assert.True(File.Exists(Clip), $"{Clip} is missing: 'make setup' fetches it");
        int count = int.Parse(
            Environment.GetEnvironmentVariable(Frames) ?? Default,
            CultureInfo.InvariantCulture
        );
        string pack = Write(count);
        string merged = Path.Combine(_folder.Path, "v1");

        Stopwatch elapsed = Stopwatch.StartNew();
        BuildReport report = new DatasetBuilder(
            new BuildOptions(new SplitOptions(60, 5, 5, []), NearBits: 10, TakeUnmasked: false)
        ).Build([pack], merged, (_, _) => { }, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count} frames, {new FileInfo(pack).Length / 1e6:F0} MB, merged in {elapsed.Elapsed.TotalSeconds:F1} s: {report}"
            )
        );
        Assert.Equal(count, report.Images);
        Assert.Equal(
            count - report.Duplicates - report.NearDuplicates - report.InGap,
            report.Train + report.Validation
        );
        Assert.True(report.Train > report.Validation && report.Validation > 0, $"{report}");
        DatasetFolder.Open(merged).VerifyPictures(DatasetPart.Validation);
    }

    private string Write(int count)
    {
        TestPack pack = new();
        using VideoCapture video = new(Clip);
        using Mat frame = new();
        using Mat noise = new();
        for (int index = 0; index < count; index++)
        {
            if (!video.Read(frame))
            {
                video.Set(VideoCaptureProperties.PosFrames, 0);
                Assert.True(video.Read(frame));
            }

            noise.Create(frame.Size(), frame.Type());
            Cv2.Randn(noise, Scalar.All(0), Scalar.All(3));
            Cv2.Add(frame, noise, noise);
            Cv2.ImEncode(".jpg", noise, out byte[] jpeg);
            pack.Add(
                $"camera-{index % Cameras}",
                TestPack.At(2 * (index / Cameras)),
                jpeg,
                [index * 37 % 700, index * 13 % 400, 40, 90]
            );
        }

        return pack.Write(Path.Combine(_folder.Path, "large.tar"));
    }
}
