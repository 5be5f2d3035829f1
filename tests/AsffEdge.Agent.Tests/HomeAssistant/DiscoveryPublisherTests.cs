using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.HomeAssistant;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Messaging.HomeAssistant;
using AsffEdge.Tests.Brokers;
using AsffEdge.Tests.HomeAssistant;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;

namespace AsffEdge.Agent.Tests.HomeAssistant;

/// <summary>What Home Assistant is told at a real broker, over restarts with other configurations.</summary>
[Trait("Category", "System")]
public sealed class DiscoveryPublisherTests : IAsyncLifetime
{
    private const string Topic = "homeassistant/device/gate-07/config";
    private const string Birth = "homeassistant/status";

    private static readonly HomeAssistantOptions On = new() { Enabled = true };

    private readonly Mosquitto _broker = new();
    private readonly TemporaryFolder _state = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => new(_broker.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _state.Dispose();
    }

    [Fact]
    public async Task It_is_kept_at_the_broker_and_told_again_to_a_broker_that_has_forgotten()
    {
        await using AnnouncingAgent agent = await StartAsync(On, "dock-1");
        await AssertKeptAsync();

        await _broker.StopAsync();
        await _broker.StartAsync();

        await AssertKeptAsync();

        async Task AssertKeptAsync()
        {
            using Observer late = await Observer.ConnectAsync(_broker.Port);
            JsonElement payload = Json((await late.WaitForAsync(Topic))[0]);
            Assert.Empty(DiscoveryCheck.Problems(payload));
            Assert.True(
                payload.GetProperty("components").TryGetProperty("camera_dock-1_fps", out _)
            );
        }
    }

    [Fact]
    public async Task When_home_assistant_starts_it_is_told_again_a_little_later()
    {
        await using AnnouncingAgent agent = await StartAsync(On, "dock-1");
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await assistant.WaitForAsync(Topic);

        await assistant.PublishAsync(Birth, "offline");
        await assistant.PublishAsync(Birth, "online");

        await WaitUntilAsync(
            () =>
            {
                agent.Time.Advance(TimeSpan.FromMilliseconds(100));
                return Seen(assistant, Topic).Count == 2;
            },
            "the payload comes again"
        );
        for (int longer = 0; longer < 50; longer++)
        {
            agent.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, Ct);
        }

        await agent.RoundTripAsync(assistant);
        Assert.Equal(2, Seen(assistant, Topic).Count);
        Assert.Equal(
            Json(Seen(assistant, Topic)[0]).GetRawText(),
            Json(Seen(assistant, Topic)[1]).GetRawText()
        );
    }

    [Fact]
    public async Task What_a_restart_takes_away_is_taken_back_and_what_it_brings_back_is_there_again()
    {
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await using (await StartAsync(On, "dock-1", "dock-2"))
        {
            await ComponentsAsync(1);
        }

        await using (await StartAsync(On, "dock-1"))
        {
            JsonElement components = await ComponentsAsync(2);
            Assert.Equal(
                """{"platform":"button"}""",
                components.GetProperty("camera_dock-2_restart").GetRawText()
            );
            Assert.True(
                components.GetProperty("camera_dock-1_restart").TryGetProperty("name", out _)
            );
        }

        // One of two restarts later may be the first that Home Assistant hears of.
        await using (await StartAsync(On, "dock-1"))
        {
            JsonElement components = await ComponentsAsync(3);
            Assert.Equal(
                """{"platform":"image"}""",
                components.GetProperty("camera_dock-2_snapshot").GetRawText()
            );
        }

        await using (await StartAsync(On, "dock-2"))
        {
            JsonElement components = await ComponentsAsync(4);
            Assert.True(
                components.GetProperty("camera_dock-2_restart").TryGetProperty("name", out _)
            );
            Assert.Equal(
                """{"platform":"button"}""",
                components.GetProperty("camera_dock-1_restart").GetRawText()
            );
        }

        async Task<JsonElement> ComponentsAsync(int count)
        {
            JsonElement payload = Json((await assistant.WaitForAsync(Topic, count))[^1]);
            Assert.Empty(DiscoveryCheck.Problems(payload));
            return payload.GetProperty("components");
        }
    }

    [Fact]
    public async Task Switched_off_or_moved_to_another_prefix_the_old_announcement_is_emptied_once()
    {
        const string moved = "ha/test/device/gate-07/config";
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await RunUntilKnownAsync(assistant, On, Topic);

        await RunUntilKnownAsync(assistant, On with { Prefix = "ha/test" }, moved);

        Assert.Equal([false, true], Seen(assistant, Topic).Select(IsEmpty));
        Assert.Equal([false], Seen(assistant, moved).Select(IsEmpty));

        await RunUntilKnownAsync(assistant, new HomeAssistantOptions());
        await RunUntilKnownAsync(assistant, new HomeAssistantOptions());

        Assert.Equal([false, true], Seen(assistant, moved).Select(IsEmpty));
        Assert.Equal(2, Seen(assistant, Topic).Count);
        using Observer late = await Observer.ConnectAsync(_broker.Port);
        await late.PublishAsync("last", "");
        await late.WaitForAsync("last");
        Assert.DoesNotContain(late.Seen, message => message.Topic.EndsWith("/config"));
    }

    [Fact]
    public async Task What_the_broker_does_not_let_be_emptied_is_tried_again_at_the_next_start()
    {
        const string foreign = "homeassistant/device/gate-08/config";
        using TestCertificates certificates = new("gate-07");
        await using FleetMosquitto strict = new(certificates);
        await strict.StartAsync();
        BrokerOptions broker = new()
        {
            Host = "127.0.0.1",
            Port = strict.PasswordPort,
            Username = "gate-07",
            Password = TestBroker.Password,
            Tls = new TlsOptions { Enabled = true, CaFile = certificates.Authority },
        };
        AnnouncedEntities before = new(_state.Path, NullLogger<AnnouncedEntities>.Instance);
        before.Add(foreign, [KeyValuePair.Create("profile", "select")]);
        before.Add(Topic, [KeyValuePair.Create("profile", "select")]);

        await using AnnouncingAgent agent = new(
            broker,
            _state.Path,
            new HomeAssistantOptions(),
            []
        );
        await agent.StartAsync();

        // In the order of the topics: the own one comes first.
        await WaitUntilAsync(
            () =>
                agent.Log.Any(line =>
                    line.StartsWith($"Warning: {foreign}", StringComparison.Ordinal)
                ),
            "it is given up for now"
        );
        Assert.Equal(
            [foreign],
            new AnnouncedEntities(_state.Path, NullLogger<AnnouncedEntities>.Instance).Topics
        );
    }

    [Fact]
    public async Task Unless_it_is_switched_on_nothing_is_said_and_nothing_kept()
    {
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await using (AnnouncingAgent agent = await StartAsync(new HomeAssistantOptions(), "dock-1"))
        {
            await assistant.PublishAsync(Birth, "online");
            await agent.RoundTripAsync(assistant);
        }

        Assert.DoesNotContain(
            assistant.Seen,
            message => message.Topic.StartsWith("homeassistant/device/", StringComparison.Ordinal)
        );
        Assert.Empty(Directory.GetFiles(_state.Path));
    }

    /// <summary>One run of an agent, until exactly these topics are noted as ones on which there is something.</summary>
    private async Task RunUntilKnownAsync(
        Observer assistant,
        HomeAssistantOptions options,
        params string[] topics
    )
    {
        await using AnnouncingAgent agent = await StartAsync(options, "dock-1");
        await WaitUntilAsync(
            () =>
                new AnnouncedEntities(
                    _state.Path,
                    NullLogger<AnnouncedEntities>.Instance
                ).Topics.SequenceEqual(topics),
            $"there is something on {string.Join(", ", topics)}"
        );
        foreach (string topic in topics)
        {
            await assistant.WaitForAsync(topic);
        }

        await agent.RoundTripAsync(assistant);
    }

    private async Task<AnnouncingAgent> StartAsync(
        HomeAssistantOptions options,
        params string[] cameras
    )
    {
        AnnouncingAgent agent = new(
            new BrokerOptions { Host = "127.0.0.1", Port = _broker.Port },
            _state.Path,
            options,
            cameras
        );
        await agent.StartAsync();
        return agent;
    }

    private static bool IsEmpty(MqttApplicationMessage message) => message.Payload.IsEmpty;

    private static JsonElement Json(MqttApplicationMessage message) =>
        JsonDocument.Parse(Observer.Text(message)).RootElement;

    private static List<MqttApplicationMessage> Seen(Observer observer, string topic) =>
        [.. observer.Seen.Where(message => message.Topic == topic)];

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        for (int waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 2000, $"not within 20 s: {what}");
            await Task.Delay(10, Ct);
        }
    }
}
