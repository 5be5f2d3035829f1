using AsffEdge.Control.Settings;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace AsffEdge.Agent.Configuration;

/// <summary>Writes a configuration for people, secrets masked.</summary>
public static class EffectiveConfiguration
{
    /// <summary>The configuration as YAML with every value that is in force, defaults included.</summary>
    public static string ToYaml(AgentConfiguration configuration)
    {
        AgentConfiguration shown = configuration with
        {
            Mqtt = configuration.Mqtt with
            {
                Password = configuration.Mqtt.Password is null ? null : Secrets.Mask,
            },
            Telemetry = new TelemetryOptions
            {
                Otlp = configuration.Telemetry.Otlp with
                {
                    Headers = configuration.Telemetry.Otlp.Headers is null ? null : Secrets.Mask,
                },
            },
            Footage = configuration.Footage with
            {
                Upload = configuration.Footage.Upload with
                {
                    Password = configuration.Footage.Upload.Password is null ? null : Secrets.Mask,
                },
            },
            Cameras =
            [
                .. configuration.Cameras.Select(camera =>
                    camera with
                    {
                        Source = Secrets.MaskAddress(camera.Source),
                    }
                ),
            ],
        };
        return new SerializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull)
            .WithQuotingNecessaryStrings()
            .DisableAliases()
            .Build()
            .Serialize(shown);
    }
}
