using System.Globalization;
using System.Text.RegularExpressions;

namespace AsffEdge.Agent.Tests.Telemetry;

/// <summary>What a scrape gave.</summary>
internal sealed partial class PrometheusText
{
    private readonly List<Sample> _samples = [];
    private readonly Dictionary<string, string> _types = [];

    public PrometheusText(string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                string[] words = line.Split(' ');
                _types.Add(words[2], words[3]);
            }
            else if (!line.StartsWith('#'))
            {
                Match match = Line().Match(line);
                Assert.True(match.Success, $"'{line}' is no sample");
                _samples.Add(
                    new Sample(
                        match.Groups["name"].Value,
                        Label()
                            .Matches(match.Groups["labels"].Value)
                            .ToDictionary(
                                label => label.Groups[1].Value,
                                label => label.Groups[2].Value
                            ),
                        double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)
                    )
                );
            }
        }
    }

    public sealed record Sample(string Name, Dictionary<string, string> Labels, double Value);

    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>The types by metric.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>The one value of a metric with these labels, and perhaps more of them.</summary>
    public double Value(string name, params (string Label, string Value)[] labels) =>
        Assert
            .Single(
                _samples,
                sample =>
                    sample.Name == name
                    && labels.All(label =>
                        sample.Labels.GetValueOrDefault(label.Label) == label.Value
                    )
            )
            .Value;

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$"""
    )]
    private static partial Regex Line();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();
}
