using System.Net;
using System.Runtime.Versioning;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Agent.Tests.Web;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary>What systemd hears of an agent that does not do its work any more.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class WatchdogTests : IAsyncLifetime
{
    private const string Fed = "WATCHDOG=1";
    private const string EveryThreeSeconds = "3000000"; // microseconds; a third of it is the interval

    // Longer than the longest deadline, which is 10 s here, and shorter than systemd waits (WatchdogSec=30).
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private readonly Mosquitto _broker = new();
    private readonly ServiceManager _systemd = new();
    private readonly int _port = TestBroker.FreePort();

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public ValueTask DisposeAsync()
    {
        _systemd.Dispose();
        return _broker.DisposeAsync();
    }

    [Fact]
    public async Task An_inference_thread_that_hangs_is_said_everywhere_and_no_longer_fed_for()
    {
        using Observer observer = await Observer.ConnectAsync(_broker.Port);
        using AgentProcess agent = Start();
        using AgentWeb client = new(_port);
        await client.WaitAsync(
            health => health is { State: HealthState.Ok, Published: > 10 },
            () => agent.Errors
        );

        using (await HeldThread.StopAsync(agent.AgentId, "inference"))
        {
            (HttpStatusCode status, HealthMessage health) = await client.WaitAsync(
                health => health.State == HealthState.Stuck,
                () => agent.Errors
            );
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            HealthReason reason = Assert.Single(health.Reasons!);
            Assert.Contains(
                reason.Code,
                (HealthCode[])[HealthCode.FramesNotInferred, HealthCode.InferenceOverdue]
            );
            await observer.WaitForAsync(
                $"asff-edge/v1/agents/{RunningAgent.Id}/health",
                MessageJson.Wire.HealthMessage,
                health => health.State == HealthState.Stuck
            );

            await AssertSilentAsync();
            Assert.Contains("Stuck: ", agent.Errors, StringComparison.Ordinal);
        }

        // It has come back by itself before systemd lost patience.
        await client.WaitAsync(health => health.State == HealthState.Ok, () => agent.Errors);
        Assert.Equal(Fed, await _systemd.NextAsync(TimeSpan.FromSeconds(20)));
        agent.Terminate();
        Assert.Equal(0, await agent.WaitAsync());
    }

    [Fact]
    public async Task An_agent_whose_threads_are_all_held_is_no_longer_fed_for()
    {
        using TemporaryFolder folder = new();
        string hold = Path.Combine(folder.Path, "hold");
        using AgentProcess agent = Start(
            new Dictionary<string, string>
            {
                ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
                [StartupHook.Variable] = hold,
            }
        );
        using AgentWeb client = new(_port);
        await client.WaitAsync(
            health => health is { State: HealthState.Ok, Published: > 10 },
            () => agent.Errors
        );
        await DrainAsync();
        Assert.Equal(Fed, await _systemd.NextAsync(TimeSpan.FromSeconds(20)));

        await File.WriteAllTextAsync(hold, "", TestContext.Current.CancellationToken);

        // The pool makes a new thread for the timers now and then; they must not be taken for work that is done.
        await Task.Delay(TimeSpan.FromSeconds(14), TestContext.Current.CancellationToken);
        await AssertSilentAsync();
        agent.Kill();
    }

    private AgentProcess Start(Dictionary<string, string>? environment = null) =>
        new(
            _broker.Port,
            ["web.enabled=true", $"web.port={_port}"],
            _systemd.Path,
            new Dictionary<string, string>(environment ?? [])
            {
                ["WATCHDOG_USEC"] = EveryThreeSeconds,
            }
        );

    private async Task DrainAsync()
    {
        while (await _systemd.NextAsync(TimeSpan.FromMilliseconds(50)) is not null) { }
    }

    private async Task AssertSilentAsync()
    {
        await DrainAsync();
        Assert.Null(await _systemd.NextAsync(Silence));
    }
}
