using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Agent.Tests.Hosting;
using AsffEdge.Agent.Tests.Web;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Telemetry;

/// <summary>The dashboard, the alerts and the list of metrics speak of metrics that an agent has, and of all of them.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed partial class MonitoringDocumentsTests
{
    // There is none without a sensor, and this machine may have none.
    private const string Temperature = "asff_edge_temperature_celsius";

    // There is none before something was sent, and nobody is there to send it to.
    private const string LastUpload = "asff_edge_footage_upload_last_success_time_seconds";

    private static readonly string Docs = Path.Combine(Repository.Root, "docs");

    private static readonly string Prometheus = Path.Combine(Docs, "prometheus");

    [Fact]
    public async Task Every_metric_that_is_named_is_there_and_every_one_that_is_there_is_named()
    {
        HashSet<string> there = await ScrapeNamesAsync();

        string[] dashboard = [.. Expressions().SelectMany(NamesIn).Distinct()];
        Assert.True(dashboard.Length > 20, $"only {dashboard.Length} metrics on the dashboard");
        Assert.All(dashboard, name => Assert.Contains(name, there));
        string[] alerts = [.. NamesIn(File.ReadAllText(Path.Combine(Prometheus, "alerts.yml")))];
        Assert.True(alerts.Length > 8, $"only {alerts.Length} metrics in the alerts");
        Assert.All(alerts, name => Assert.Contains(name, there));

        string document = File.ReadAllText(Path.Combine(Docs, "monitoring.md"));
        Assert.Equal(
            there.Where(name => name.StartsWith("asff_edge_", StringComparison.Ordinal)).Order(),
            NamesIn(document)
                .Where(name => name.StartsWith("asff_edge_", StringComparison.Ordinal))
                .Order()
        );
        Assert.All(
            Enum.GetValues<HealthCode>(),
            code =>
                Assert.Contains(
                    $"| `{ContractName.Of(code)}` |",
                    document,
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void The_dashboard_has_panels_that_do_not_overlap_with_variables_that_exist()
    {
        using JsonDocument dashboard = Dashboard();
        string[] variables =
        [
            .. dashboard
                .RootElement.GetProperty("templating")
                .GetProperty("list")
                .EnumerateArray()
                .Select(variable => variable.GetProperty("name").GetString()!),
            "__rate_interval",
        ];
        Assert.All(
            Expressions().SelectMany(text => Variable().Matches(text)),
            used => Assert.Contains(used.Groups[1].Value, variables)
        );
        JsonElement[] panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()];
        Assert.Equal(
            panels.Length,
            panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count()
        );
        HashSet<(int, int)> taken = [];
        foreach (JsonElement panel in panels)
        {
            JsonElement place = panel.GetProperty("gridPos");
            int left = place.GetProperty("x").GetInt32();
            int right = left + place.GetProperty("w").GetInt32();
            Assert.InRange(right, 1, 24);
            int top = place.GetProperty("y").GetInt32();
            for (int y = top; y < top + place.GetProperty("h").GetInt32(); y++)
            {
                for (int x = left; x < right; x++)
                {
                    Assert.True(taken.Add((x, y)), panel.GetProperty("title").GetString());
                }
            }
        }
    }

    [Theory]
    [InlineData("check config prometheus.yml")]
    [InlineData("check rules alerts.yml")]
    [InlineData("test rules alerts_test.yml")]
    public async Task Prometheus_own_tool_finds_nothing_wrong(string arguments)
    {
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "promtool")));
        Assert.SkipUnless(isThere, "needs promtool of Debian's package prometheus");
        CancellationToken ct = TestContext.Current.CancellationToken;
        using Process promtool = Process.Start(
            new ProcessStartInfo("promtool", arguments)
            {
                WorkingDirectory = Prometheus,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        Task<string> errors = promtool.StandardError.ReadToEndAsync(ct);
        string output = await promtool.StandardOutput.ReadToEndAsync(ct);
        await promtool.WaitForExitAsync(ct);

        Assert.True(promtool.ExitCode == 0, output + await errors);
    }

    private static async Task<HashSet<string>> ScrapeNamesAsync()
    {
        await using Mosquitto broker = new();
        await broker.StartAsync();
        int port = TestBroker.FreePort();
        using AgentProcess agent = new(
            broker.Port,
            [
                "web.enabled=true",
                $"web.port={port}",
                "footage.enabled=true",
                $"footage.upload.url=http://127.0.0.1:{TestBroker.FreePort()}/",
            ]
        );
        using AgentWeb web = new(port);
        await web.WaitAsync(health => health.Published > 5, () => agent.Errors);
        return [.. (await web.ScrapeAsync()).Types.Keys, Temperature, LastUpload];
    }

    private static JsonDocument Dashboard() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Docs, "grafana", "asff-edge.json")));

    private static List<string> Expressions()
    {
        using JsonDocument dashboard = Dashboard();
        List<string> found = [];
        Find(dashboard.RootElement);
        return found;

        void Find(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (JsonElement item in element.EnumerateArray())
                    {
                        Find(item);
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (JsonProperty property in element.EnumerateObject())
                    {
                        if (property.Name is "expr" or "definition")
                        {
                            found.Add(property.Value.GetString()!);
                        }

                        Find(property.Value);
                    }

                    break;
            }
        }
    }

    private static IEnumerable<string> NamesIn(string text) =>
        Name()
            .Matches(text)
            .Select(match =>
                match.Value.StartsWith("asff_edge_stage_duration_seconds", StringComparison.Ordinal)
                    ? "asff_edge_stage_duration_seconds"
                    : match.Value
            )
            .Distinct();

    [GeneratedRegex(@"\b(asff_edge|dotnet)_[a-z0-9_]*[a-z0-9]\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$(\w+)")]
    private static partial Regex Variable();
}
