using System.Diagnostics;
using System.Globalization;
using AsffEdge.Agent.Tests;
using AsffEdge.Detection.Tests;
using AsffEdge.EndToEnd.Tests.Fixtures;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>
/// Frames without end through everything that handles frames, as fast as it can: a file read without its clock, the smallest network,
/// tracks, events, a message each. <c>ASFF_FRAMES</c> says how many; its memory is measured ten times on the way, and more often to judge it.
/// </summary>
[Trait("Category", "Slow")]
public sealed class FrameMarathonTests
{
    private const string Frames = "ASFF_FRAMES";
    private const int Samples = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Memory_handles_and_threads_stay_as_they_are()
    {
        long wanted = long.Parse(
            Environment.GetEnvironmentVariable(Frames) ?? "60000",
            CultureInfo.InvariantCulture
        );
        using TestVideo video = new();
        using ColourCells model = new();
        await using Mosquitto broker = new() { Listener = "set_tcp_nodelay true\n" };
        await broker.StartAsync();
        string configuration = Configuration.Yaml(
            broker.Port,
            model.Write(),
            video.PathOf("state"),
            [("dock-1", BlinkingClip.Write(video, "clip.avi"))]
        );
        string file = video.PathOf("agent.yaml");
        await File.WriteAllTextAsync(
            file,
            configuration.Replace(
                "  - id: dock-1",
                "  - id: dock-1\n    real_time: false",
                StringComparison.Ordinal
            ),
            TestContext.Current.CancellationToken
        );
        await using MqttRecorder health = await MqttRecorder.ConnectAsync(
            broker.Port,
            Site.AgentTopic("health")
        );
        await using ChildProcess agent = ChildProcess.Start(
            TestPaths.AgentProgram,
            ["run", "--config", file, "--set", "profile=fast", "--set", "mqtt.health_interval_s=1"]
        );

        List<ProcessSample> samples = [];
        Stopwatch elapsed = new();
        long lastFrames = 0;
        TimeSpan lastProgress = TimeSpan.Zero;
        while (samples.Count < Samples)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            Assert.False(agent.HasExited, agent.Log);
            long frames = Inferred(health);
            if (frames > lastFrames)
            {
                (lastFrames, lastProgress) = (frames, elapsed.Elapsed);
                elapsed.Start();
            }

            Assert.True(elapsed.Elapsed - lastProgress < Patience, agent.Log);
            if (frames * Samples >= wanted * (samples.Count + 1L))
            {
                samples.Add(ProcessSample.Of(agent.Id, elapsed.Elapsed.TotalSeconds, frames));
            }
        }

        agent.Terminate();
        Assert.Equal(0, await agent.WaitForExitAsync(Patience));
        string report = SampleReport.Write("frames", "frames", samples);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{lastFrames} frames in {elapsed.Elapsed.TotalMinutes:0.0} min ({lastFrames / elapsed.Elapsed.TotalSeconds:0} a second)\n{report}"
            )
        );
        Assert.Empty(LeakCheck.Find(samples));
    }

    private static long Inferred(MqttRecorder health) =>
        health.Messages(Site.AgentTopic("health")) is [.., { Json: { } last }]
            ? last["published"]!.GetValue<long>() + last["dropped"]!.GetValue<long>()
            : 0;
}
