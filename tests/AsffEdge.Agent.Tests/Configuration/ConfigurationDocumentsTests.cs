using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Tests.Configuration;

/// <summary>The configuration as it is installed, and its documentation, show exactly the keys there are.</summary>
public sealed partial class ConfigurationDocumentsTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly TemporaryFolder _folder = new();

    public ConfigurationDocumentsTests() => _folder.Write("model.onnx", "");

    public void Dispose() => _folder.Dispose();

    private static string Installed =>
        File.ReadAllText(Path.Combine(Repository.Root, "config", "agent.yaml"));

    [Fact]
    public void The_installed_file_loads()
    {
        AgentConfiguration configuration = ConfigurationLoader.Load(
            _folder.Write("agent.yaml", Installed),
            NoEnvironment,
            [$"model.path={_folder.Path}/model.onnx"]
        );

        Assert.Equal("gate-07", configuration.Agent.Id);
        Assert.Equal(ProfileOptions.Defaults, configuration.Profiles);
    }

    [Fact]
    public void The_keys_that_are_commented_out_in_the_installed_file_are_keys_with_values_that_are_allowed()
    {
        foreach (
            string file in new[]
            {
                "ca.pem",
                "agent.pem",
                "agent.key",
                "mqtt-password",
                "upload-password",
                "otlp-headers",
            }
        )
        {
            _folder.Write(file, "");
        }

        _folder.Write(
            "signing.pub",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAIaoKriOn+q2KP62QMNHvNScQu4pRjGKZbX8S8s4uB64=\n-----END PUBLIC KEY-----\n"
        );
        string yaml = CommentedKey()
            .Replace(Installed, "$1$2")
            .Replace("/run/credentials/asff-edge.service/", "", StringComparison.Ordinal)
            .Replace("../models/pedestrian.onnx", "model.onnx", StringComparison.Ordinal)
            .Replace("enabled: false", "enabled: true", StringComparison.Ordinal);
        AgentConfiguration configuration = ConfigurationLoader.Load(
            _folder.Write("agent.yaml", yaml),
            NoEnvironment,
            []
        );

        Assert.Equal(0.3, configuration.Profiles["fast"].ScoreThreshold);
        Assert.Equal(15, configuration.Cameras[0].MaxFps);
        Assert.Single(configuration.Model.SigningKeys);
        Assert.NotNull(configuration.Mqtt.Tls.KeyFile);
        Assert.NotNull(configuration.Telemetry.Otlp.HeadersFile);
    }

    [Fact]
    public void The_installed_file_and_the_documentation_show_every_key()
    {
        string documentation = File.ReadAllText(
            Path.Combine(Repository.Root, "docs", "configuration.md")
        );
        foreach (string key in Keys(typeof(AgentConfiguration), ""))
        {
            string name = key.Split('.')[^1];
            if (
                key
                is not ("mqtt.password" or "telemetry.otlp.headers" or "footage.upload.password")
            )
            {
                Assert.Matches($@"(?m)^[ #-]*{name}:", Installed);
            }

            Assert.Contains($"`{key}`", documentation, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Keys(Type section, string path)
    {
        foreach (
            PropertyInfo property in section.GetProperties(
                BindingFlags.Public | BindingFlags.Instance
            )
        )
        {
            string key = path + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            Type type = property.PropertyType;
            Type[] arguments = type.GetGenericArguments();
            bool isList = type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);
            Type entry = isList ? arguments[^1] : type;
            if (entry.Namespace?.StartsWith("AsffEdge.", StringComparison.Ordinal) == true)
            {
                string separator =
                    !isList ? "."
                    : arguments.Length == 2 ? ".NAME."
                    : ".N.";
                foreach (string inner in Keys(entry, key + separator))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return key;
            }
        }
    }

    [GeneratedRegex(@"(?m)^( *)# ([a-z_]+: \S+)$")]
    private static partial Regex CommentedKey();
}
