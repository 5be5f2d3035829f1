using System.Threading.Channels;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging.HomeAssistant;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.HomeAssistant;

/// <summary>
/// Tells Home Assistant of the agent: at every connection, and again when Home Assistant starts. Takes back what was announced before and
/// is gone: cameras, classes, or all of it where the announcement has been switched off or has moved to another topic.
/// </summary>
internal sealed partial class DiscoveryPublisher : BackgroundService
{
    // All agents of a fleet hear of Home Assistant's start at once; it recommends that they do not all answer at once.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);

    private readonly HomeAssistantOptions _options;
    private readonly string _topic;
    private readonly AgentDiscovery _discovery;
    private readonly AnnouncedEntities _announced;
    private readonly RetainedBoard _board;
    private readonly MqttLink _link;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<bool> _births = Channel.CreateBounded<bool>(1);

    /// <summary>A publisher; must be made before <paramref name="link"/> is started.</summary>
    public DiscoveryPublisher(
        AgentConfiguration configuration,
        AgentDiscovery discovery,
        AnnouncedEntities announced,
        RetainedBoard board,
        MqttLink link,
        TimeProvider time,
        ILogger<DiscoveryPublisher> logger
    )
    {
        _options = configuration.HomeAssistant;
        _topic = AgentDiscovery.Topic(_options.Prefix, configuration.Agent.Id);
        _discovery = discovery;
        _announced = announced;
        _board = board;
        _link = link;
        _time = time;
        _logger = logger;
        if (_options.Enabled)
        {
            link.Listen(AgentDiscovery.BirthTopic(_options.Prefix), OnBirth);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            byte[]? payload = _options.Enabled ? Announce() : null;
            await EmptyOldTopicsAsync(stoppingToken).ConfigureAwait(false);
            while (payload is not null)
            {
                await _births.Reader.ReadAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(LongestDelay * Random.Shared.NextDouble(), _time, stoppingToken)
                    .ConfigureAwait(false);
                _board.Set(_topic, payload);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private byte[] Announce()
    {
        IReadOnlyDictionary<string, DiscoveryComponent> components = _discovery.Components();
        IReadOnlyDictionary<string, string> earlier = _announced.On(_topic);
        byte[] payload = _discovery.Payload(components, earlier);
        _announced.Add(
            _topic,
            components.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Platform))
        );
        _board.Set(_topic, payload);
        Log.Announced(_logger, components.Count, _topic);
        return payload;
    }

    private async Task EmptyOldTopicsAsync(CancellationToken ct)
    {
        foreach (string old in _announced.Topics.Where(old => !_options.Enabled || old != _topic))
        {
            await _link.WaitConnectedAsync(ct).ConfigureAwait(false);
            MqttApplicationMessage nothing = new()
            {
                Topic = old,
                Retain = true,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            if (await _link.TryPublishAsync(nothing, ct).ConfigureAwait(false))
            {
                _announced.Forget(old);
                Log.Emptied(_logger, old);
            }
            else
            {
                Log.NotEmptied(_logger, old);
            }
        }
    }

    private void OnBirth(InboundMessage message)
    {
        if (message.Payload.AsSpan().SequenceEqual("online"u8))
        {
            _births.Writer.TryWrite(true);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information,
            "Home Assistant is told of {Entities} entities on {Topic}"
        )]
        public static partial void Announced(ILogger logger, int entities, string topic);

        [LoggerMessage(
            LogLevel.Information,
            "Home Assistant is told to forget what was announced on {Topic}"
        )]
        public static partial void Emptied(ILogger logger, string topic);

        [LoggerMessage(
            LogLevel.Warning,
            "{Topic} could not be emptied, so Home Assistant still shows what was announced there; tried again at the next start"
        )]
        public static partial void NotEmptied(ILogger logger, string topic);
    }
}
