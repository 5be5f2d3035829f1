using AsffEdge.Control.Broker;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>The broker and what is published (<c>mqtt:</c>).</summary>
public sealed record MqttOptions : BrokerOptions
{
    /// <summary>A broker on this machine that asks for nothing.</summary>
    public MqttOptions() { }

    private MqttOptions(SettingReader settings)
        : base(settings, ConfigurationLoader.EnvironmentPrefix) { }

    /// <summary>Seconds between health messages, which are also the probe of the connection.</summary>
    public int HealthIntervalS { get; init; } = 15;

    /// <summary>The frame messages.</summary>
    public DetectionPublishingOptions Detections { get; init; } = new();

    /// <summary>What is kept until the broker has it.</summary>
    public OutboxOptions Outbox { get; init; } = new();

    internal static MqttOptions Read(SettingReader settings)
    {
        MqttOptions options = new(settings)
        {
            HealthIntervalS = settings.WholeNumber("health_interval_s", 15, 1, 3600),
            Detections = settings.Section("detections", DetectionPublishingOptions.Read),
            Outbox = settings.Section("outbox", OutboxOptions.Read),
        };
        if (options.Outbox.Detections && options.Detections is not { Enabled: true, Qos: 1 })
        {
            settings.Report(
                "outbox.detections",
                "is true, but detections without acknowledgement cannot be kept until they are acknowledged; it needs detections.enabled: true and detections.qos: 1"
            );
        }

        return options;
    }
}
