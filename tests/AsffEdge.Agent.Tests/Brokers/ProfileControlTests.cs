using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>What a whole agent at a Mosquitto makes of documents from several sources, of changes it does not bear, and of storms of them.</summary>
[Trait("Category", "System")]
public sealed class ProfileControlTests : IAsyncLifetime
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Detections = $"{Agent}/cameras/dock-1/detections";
    private const string Group = "asff-edge/v1/groups/gates";

    private readonly Mosquitto _broker = new();
    private readonly SlowAtSize _slow = new(480);
    private RunningAgent _agent = null!;
    private Observer _observer = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
        _agent = new RunningAgent(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = _broker.Port,
                HealthIntervalS = 1,
            }
        )
        {
            Sinks = [_slow],
        };
        _agent.Configuration = _agent.Configuration with
        {
            Agent = new AgentOptions { Id = RunningAgent.Id, Groups = ["gates"] },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _observer.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_groups_document_holds_until_the_agent_has_one_and_again_when_that_inherits()
    {
        await PublishAsync($"{Group}/desired", Document(70, "accurate"));
        _agent.Start();
        await ReportedAsync(reported => reported is { Source: "group:gates", RevApplied: 70 });
        await FrameAsync(frame => frame.Net is { Rev: 70, Profile: "accurate", Size: 608 });

        await PublishAsync($"{Agent}/desired", Document(3, "balanced"));
        await ReportedAsync(reported =>
            reported is { Source: "agent", RevApplied: 3, State: ReportedState.Applied }
            && reported.Sources!["group:gates"] is { State: ReportedState.Overridden, Rev: 70 }
        );
        await FrameAsync(frame => frame.Net is { Rev: 3, Profile: "balanced", Size: 416 });

        await PublishAsync($"{Agent}/desired", """{"v":1,"rev":4,"profile":"inherit"}""");
        int seen = _observer.Seen.Count;
        ReportedDocument inherited = await ReportedAsync(
            reported =>
                reported is { Source: "group:gates", RevApplied: 70, State: ReportedState.Applied },
            seen
        );
        Assert.Equal((70, "group:gates"), (inherited.LastGood, inherited.LastGoodSource));
        await FrameAsync(frame => frame.Net is { Rev: 70, Size: 608 }, seen);

        // Cleared, it still holds: clearing says nothing.
        await PublishAsync($"{Group}/desired", "");
        await _agent.StopAsync();
        seen = _observer.Seen.Count;
        _agent.Start();
        await FrameAsync(frame => frame.Net is { Rev: 70, Size: 608 }, seen);

        // Out of the group, it does not count any more.
        await _agent.StopAsync();
        _agent.Configuration = _agent.Configuration with
        {
            Agent = new AgentOptions { Id = RunningAgent.Id },
        };
        seen = _observer.Seen.Count;
        _agent.Start();
        await FrameAsync(frame => frame.Net is { Rev: null, Profile: "fast" }, seen);
    }

    [Fact]
    public async Task A_groups_command_is_answered_in_the_agents_own_place()
    {
        _agent.Start();
        await FrameAsync(_ => true);

        await _observer.PublishAsync(
            $"{Group}/commands/profile.set",
            Document(7, "balanced"),
            responseTopic: "asff-edge/v1/agents/gate-08/replies/ops",
            correlation: "77"
        );

        CommandReply done = await _observer.WaitForAsync(
            $"{Agent}/replies/default",
            MessageJson.Wire.CommandReply,
            reply => reply.State == ReplyState.Done
        );
        Assert.Equal((true, 7), (done.Ok, done.Rev));
        await ReportedAsync(reported => reported is { Source: "group:gates", RevApplied: 7 });
        Assert.DoesNotContain(
            _observer.Seen,
            message => message.Topic.Contains("gate-08", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_profile_that_is_too_slow_for_the_device_is_rolled_back_and_stays_so_after_a_restart()
    {
        _agent.Start();
        await FrameAsync(_ => true);
        await PublishAsync($"{Agent}/desired", Document(1, "balanced"));
        await ReportedAsync(reported => reported is { State: ReportedState.Applied, LastGood: 1 });

        await PublishAsync(
            $"{Agent}/desired",
            """{"v":1,"rev":2,"profile":"slow","profiles":{"slow":{"size":480}},"policy":{"settle_s":3,"min_fps":8}}"""
        );

        await ReportedAsync(reported =>
            reported is { State: ReportedState.Pending, RevApplied: 2, LastGood: 1 }
        );
        await FrameAsync(frame => frame.Net is { Rev: 2, Size: 480 });
        ReportedDocument back = await ReportedAsync(reported =>
            reported.State == ReportedState.RolledBack
        );
        Assert.Equal(
            (ResultCode.TooSlow, 2, 1, 1),
            (back.Code, back.RevSeen, back.RevApplied, back.LastGood)
        );
        Assert.Contains("'policy.min_fps' is 8", back.Detail, StringComparison.Ordinal);
        int seen = _observer.Seen.Count;
        await FrameAsync(frame => frame.Net is { Rev: 1, Size: 416 }, seen);

        // The broker repeats the document that failed: it is not tried again.
        await _agent.StopAsync();
        seen = _observer.Seen.Count;
        _agent.Start();
        ReportedDocument again = await ReportedAsync(
            reported => reported.Cameras["dock-1"].Fps > 0,
            seen
        );
        Assert.Equal((ReportedState.RolledBack, 1), (again.State, again.RevApplied));
        Assert.DoesNotContain(Frames(seen), frame => frame.Net.Size == 480);
    }

    [Fact]
    public async Task A_thousand_documents_at_once_end_with_the_last_and_no_frame_is_lost_or_half_switched()
    {
        _agent.Start();
        await FrameAsync(_ => true);

        for (int rev = 1; rev <= 1000; rev++)
        {
            await PublishAsync(
                $"{Agent}/desired",
                $$"""{"v":1,"rev":{{rev}},"profile":"p","profiles":{"p":{"size":{{SizeOf(rev)}} } },"policy":{"settle_s":0} }"""
            );
        }

        await ReportedAsync(reported =>
            reported is { RevApplied: 1000, State: ReportedState.Applied, Code: ResultCode.Ok }
        );
        await FrameAsync(frame => frame.Net.Rev == 1000);
        List<FrameMessage> frames = Frames(0);
        Assert.All(
            frames.Where(frame => frame.Net.Rev is not null),
            frame => Assert.Equal(SizeOf(frame.Net.Rev!.Value), frame.Net.Size)
        );
        Assert.Equal(
            Enumerable.Range(0, frames.Count).Select(index => frames[0].Seq + index),
            frames.Select(frame => frame.Seq)
        );
        List<long> revisions = [.. frames.Select(frame => frame.Net.Rev ?? 0)];
        Assert.Equal(revisions.Order(), revisions);
        Assert.InRange(_agent.Host.Pipeline.Statistics[0].InferenceFailures, 0, 0);
    }

    private static string Document(long rev, string profile) =>
        $$"""{"v":1,"rev":{{rev}},"profile":"{{profile}}","policy":{"settle_s":0.5} }""";

    private static long SizeOf(long rev) => 320 + (32 * (rev % 10));

    private Task<MqttClientPublishReasonCode> PublishAsync(string topic, string payload) =>
        _observer.PublishAsync(topic, payload, retain: true);

    private Task<ReportedDocument> ReportedAsync(
        Func<ReportedDocument, bool> isWanted,
        int after = 0
    ) =>
        _observer.WaitForAsync(
            $"{Agent}/reported",
            MessageJson.Wire.ReportedDocument,
            isWanted,
            after
        );

    private Task<FrameMessage> FrameAsync(Func<FrameMessage, bool> isWanted, int after = 0) =>
        _observer.WaitForAsync(Detections, MessageJson.Wire.FrameMessage, isWanted, after);

    private List<FrameMessage> Frames(int after) =>
        [
            .. _observer
                .Seen.Skip(after)
                .Where(message => message.Topic == Detections)
                .Select(message =>
                    JsonSerializer.Deserialize(
                        Observer.Text(message),
                        MessageJson.Wire.FrameMessage
                    )!
                ),
        ];

    /// <summary>Makes a device of any speed too slow for one size.</summary>
    private sealed class SlowAtSize(int size) : IFrameResultSink
    {
        public void OnFrame(FrameResult result)
        {
            if (result.Profile.Size == size)
            {
                Thread.Sleep(300);
            }
        }
    }
}
