using System.Globalization;
using AsffEdge.Fleet.Models;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>Models and their roll-outs in few words, as they stand in tables and lines.</summary>
internal static class ModelText
{
    private const int ShownOfHash = 12;

    /// <summary>A hash, shortened.</summary>
    public static string Hash(string sha256) => sha256[..Math.Min(ShownOfHash, sha256.Length)];

    /// <summary>A model: <c>pedestrian 1.0.0</c>, or its hash where no more is known.</summary>
    public static string Model(string? name, string? version, string sha256) =>
        name is null ? Hash(sha256) : PlainText.Clean($"{name} {version}");

    /// <summary>A roll-out in one line: <c>street.onnx (8.7 MB, 0f3a…): 12 agents (1 offline) in 3 waves: 1, 3, 8</c>.</summary>
    public static string Summary(
        string source,
        ModelOrder order,
        IReadOnlyList<FleetAgent> agents,
        IReadOnlyList<IReadOnlyList<string>> waves
    )
    {
        int offline = agents.Count(agent => !agent.IsOnline);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(order.StageOnly ? "stage " : "")}{source} ({order.Size / 1e6:0.0} MB, {Hash(order.Sha256)}): {RolloutText.Agents(agents.Count)}{(offline > 0 ? $" ({offline} offline)" : "")}{(waves.Count > 1 ? $" in {waves.Count} waves: {string.Join(", ", waves.Select(wave => wave.Count))}" : "")}"
        );
    }

    /// <summary>An outcome in words.</summary>
    public static string Outcome(ModelOutcome outcome) =>
        ContractName.Of(outcome).Replace('_', ' ');

    /// <summary>What an agent has come to, and why.</summary>
    public static string Line(ModelResult result)
    {
        string why = Why(result);
        return $"{result.Agent}: {Outcome(result.Outcome)}{(why.Length > 0 ? $": {why}" : "")}";
    }

    /// <summary>Code, detail and what was seen in the shadow; empty where there is nothing to explain.</summary>
    public static string Why(ModelResult result) =>
        PlainText.Clean(
            string.Join(
                "; ",
                new[]
                {
                    string.Join(
                        ": ",
                        new[]
                        {
                            result.Code is "ok" ? null : result.Code,
                            result.Detail,
                        }.OfType<string>()
                    ),
                    result.Shadow is { } shadow ? Shadow(shadow) : "",
                    result.Undo is { } undo ? $"undo: {undo}" : "",
                }.Where(part => part.Length > 0)
            )
        );

    /// <summary>What was seen in the shadow.</summary>
    public static string Shadow(ModelShadow shadow)
    {
        string agreement = shadow.Agreement is { } share
            ? string.Create(CultureInfo.InvariantCulture, $", {share:P0} agreement")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"shadow of {shadow.Frames} frames{agreement}, {shadow.CurrentObjects} -> {shadow.Objects} objects, {AgentText.Rate(shadow.CurrentInferenceMsP50)} -> {AgentText.Rate(shadow.InferenceMsP50)} ms"
        );
    }

    /// <summary>How many agents have come to what: <c>12 done, 1 failed</c>.</summary>
    public static string Counts(IReadOnlyList<ModelResult> results) =>
        string.Join(
            ", ",
            results
                .CountBy(result => result.Outcome)
                .OrderByDescending(count => count.Key == ModelOutcome.Done)
                .ThenBy(count => count.Key)
                .Select(count =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{count.Value} {Outcome(count.Key)}"
                    )
                )
        );
}
