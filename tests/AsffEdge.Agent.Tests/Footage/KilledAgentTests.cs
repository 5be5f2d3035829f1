using System.Runtime.Versioning;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Tests.Hosting;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Footage;

/// <summary>SIGKILL at random moments of an agent that keeps frames as fast as it may. <c>ASFF_KILL_ROUNDS</c> says how often.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class KilledAgentTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly TestVideo _video = new();
    private readonly Random _random = new(11);

    public void Dispose()
    {
        _video.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task After_every_kill_all_frames_are_whole_and_the_next_start_clears_up()
    {
        int rounds = int.Parse(
            Environment.GetEnvironmentVariable("ASFF_KILL_ROUNDS") ?? "3",
            System.Globalization.CultureInfo.InvariantCulture
        );
        string root = FootageStore.RootOf(_state.Path);
        HashSet<string> kept = [];
        for (int round = 0; round < rounds; round++)
        {
            using AgentProcess agent = new(
                1,
                [.. KeenCollector.Settings(_state.Path, _video, round)]
            );

            await WriterFixture.UntilAsync(
                () => NamesIn(root).Any(name => !kept.Contains(name)),
                $"round {round}: a frame is kept\n{agent.Errors}"
            );
            await Task.Delay(_random.Next(600), TestContext.Current.CancellationToken);
            agent.Kill();
            await agent.WaitAsync();

            Assert.DoesNotContain("cannot be written", agent.Errors, StringComparison.Ordinal);
            foreach (StoredFrame frame in FootageDay.All(root).SelectMany(day => day.Frames()))
            {
                kept.Add(frame.Name);
                byte[] jpeg = File.ReadAllBytes(frame.Path);
                Assert.Equal([0xFF, 0xD9], jpeg[^2..]);
                using Mat picture = Cv2.ImDecode(jpeg, ImreadModes.Color);
                Assert.Equal(new Size(320, 320), picture.Size());
            }

            Assert.All(kept, name => Assert.Contains(name, NamesIn(root)));
        }

        using StoreFixture next = new(root: root);
        string[] pictures = Directory.GetFiles(root, "*.jpg*", SearchOption.AllDirectories);
        Assert.Equal(next.Names.Count, pictures.Length);
        Assert.InRange(kept.Count, rounds, int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills, {kept.Count} frames, all whole"
        );
    }

    private static IReadOnlyList<string> NamesIn(string root) => StoreFixture.NamesIn(root);
}
