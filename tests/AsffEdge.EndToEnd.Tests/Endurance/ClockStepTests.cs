using System.Globalization;
using System.Text.Json.Nodes;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>
/// The host's clock is set a day forward and two days back while the agent runs. It is the clock that libfaketime (package faketime) makes the
/// agent and its children see; the machine's own stays.
/// </summary>
public sealed class ClockStepTests
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    [Fact]
    public async Task A_clock_that_jumps_by_days_changes_the_times_that_are_told_and_nothing_else()
    {
        Assert.SkipUnless(File.Exists(Library), "needs the package faketime");
        using TemporaryFolder folder = new();
        string clock = folder.Write("clock", "+0");
        await using Outpost post = new(Path.Combine(folder.Path, "state"));
        await post.Broker.StartAsync();
        await using MqttRecorder broker = await MqttRecorder.ConnectAsync(post.Broker.Port);
        post.StartThrough(
            "env",
            $"LD_PRELOAD={Library}",
            $"FAKETIME_TIMESTAMP_FILE={clock}",
            "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "FAKETIME_FORCE_MONOTONIC_FIX=0"
        );
        await post.GoesOnAsync(broker);
        Assert.InRange(await HoursOffAsync(post, broker), -0.1, 0.1);

        foreach ((string offset, double hours) in new[] { ("+1d", 24d), ("-1d", -24d), ("+0", 0d) })
        {
            await File.WriteAllTextAsync(clock, offset, TestContext.Current.CancellationToken);
            await Task.Delay(4000, TestContext.Current.CancellationToken);

            Assert.InRange(await HoursOffAsync(post, broker), hours - 0.1, hours + 0.1);
            await post.GoesOnAsync(broker);
            JsonNode health = await post.HealthAsync(broker, _ => true);
            JsonNode camera = health["cameras"]!["dock-1"]!;
            Assert.Equal("online", camera["state"]!.GetValue<string>());
            Assert.Equal(0, camera["reconnects"]!.GetValue<long>());
            Assert.Null(health["outbox"]!["problem"]);
            Assert.InRange(health["uptime_s"]!.GetValue<long>(), 0, 300);
        }

        Assert.Single(
            post.Agent.Log.Split('\n'),
            line => line.Contains("Connected to the broker", StringComparison.Ordinal)
        );
        Outpost.CheckEvents(broker);
        await post.StopAsync();
    }

    private static async Task<double> HoursOffAsync(Outpost post, MqttRecorder broker)
    {
        JsonNode frame = await post.NextAsync(broker, "cameras/dock-1/detections", _ => true);
        DateTimeOffset taken = DateTimeOffset.Parse(
            frame["ts"]!.GetValue<string>(),
            CultureInfo.InvariantCulture
        );
        return (taken - DateTimeOffset.UtcNow).TotalHours;
    }
}
