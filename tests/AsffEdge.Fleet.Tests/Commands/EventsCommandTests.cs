using System.Diagnostics;
using System.Text.Json;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary><c>asff-fleet events</c> as a process, against Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class EventsCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly Mosquitto _broker = new();
    private Observer _observer = null!;
    private int _sent;

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
        await _observer.PublishAgentAsync("gate-07");
    }

    public async ValueTask DisposeAsync()
    {
        _observer.Dispose();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Events_come_as_they_were_published_and_nothing_else_does()
    {
        using TailedProgram events = Start();
        await events.WaitForLinesAsync(2, SendAllAsync);

        Assert.All(
            Parse(events),
            line =>
            {
                Assert.Equal("event", line.GetProperty("kind").GetString());
                Assert.Equal("track", line.GetProperty("message").GetProperty("type").GetString());
            }
        );
        Assert.Equal(0, await events.InterruptAsync());
    }

    [Theory]
    [InlineData("--agent gate-08", "gate-08 dock-1 start, gate-08 dock-1 end")]
    [InlineData("--camera yard", "gate-07 yard start, gate-07 yard end")]
    [InlineData("--type end --agent gate-07", "gate-07 dock-1 end, gate-07 yard end")]
    public async Task Filters_pick_and_a_count_ends_it(string filters, string expected)
    {
        using TailedProgram events = Start([.. filters.Split(' '), "-n", "2"]);
        await events.WaitForLinesAsync(1, SendAllAsync);
        await SendAllAsync();

        Assert.Equal(0, await events.EndAsync());
        string[] seen =
        [
            .. Parse(events)
                .Select(line =>
                    $"{line.GetProperty("agent")} {line.GetProperty("camera")} {line.GetProperty("message").GetProperty("event")}"
                )
                .Distinct(),
        ];
        Assert.Equal(2, events.Lines.Count);
        Assert.All(seen, line => Assert.Contains(line, expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Detections_and_changes_of_status_come_when_asked_for()
    {
        using TailedProgram events = Start("--detections", "--status");
        await events.WaitForLinesAsync(20, SendAllAsync);

        Assert.Equal(
            ["camera_status", "detections", "event", "status"],
            Parse(events)
                .Select(line => line.GetProperty("kind").GetString())
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(0, await events.InterruptAsync());
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_any_more()
    {
        ProcessStartInfo start = new(
            "bash",
            [
                "-c",
                $"dotnet '{Path.Combine(AppContext.BaseDirectory, "asff-fleet.dll")}' events -b 127.0.0.1:{_broker.Port} | head -n 1; echo ${{PIPESTATUS[0]}}",
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        start.Environment["HOME"] = _home.Path;
        using Process piped = Process.Start(start)!;
        Task<string> output = piped.StandardOutput.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        for (int waited = 0; !output.IsCompleted && waited < 600; waited++)
        {
            await SendAllAsync();
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        string[] lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal("0", lines[1]);
    }

    private static JsonElement[] Parse(TailedProgram events) =>
        [.. events.Lines.Select(line => JsonDocument.Parse(line).RootElement)];

    private TailedProgram Start(params string[] arguments) =>
        new(_home.Path, ["events", "--broker", $"127.0.0.1:{_broker.Port}", .. arguments]);

    private async Task SendAllAsync()
    {
        Topics topics = FleetMessages.Topics;
        _sent++;
        foreach (
            (string agent, string camera) in new[]
            {
                ("gate-07", "dock-1"),
                ("gate-07", "yard"),
                ("gate-08", "dock-1"),
            }
        )
        {
            foreach (string type in new[] { "start", "end" })
            {
                await _observer.PublishAsync(
                    topics.Events(agent, camera),
                    $$"""{"v":1,"type":"track",{{"\n"}}"event":"{{type}}","seq":{{_sent}}}"""
                );
            }

            await _observer.PublishAsync(topics.Events(agent, camera), "{");
            await _observer.PublishAsync(
                topics.Detections(agent, camera),
                """{"v":1,"type":"frame"}"""
            );
        }

        await _observer.PublishAgentAsync("gate-07");
    }
}
