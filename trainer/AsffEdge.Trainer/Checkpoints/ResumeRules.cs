using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>What of a configuration may change when a run is resumed.</summary>
internal static class ResumeRules
{
    /// <summary>
    /// Keys that do not touch the weights, and the number of epochs, which does by the schedules, but which a person changes on purpose.
    /// </summary>
    private static readonly string[] Free =
    [
        "epochs",
        "workers",
        "save_every",
        "validation_every",
        "validation_size",
        "model.name",
        "model.version",
        "model.score_threshold",
        "model.nms_threshold",
    ];

    // The data set itself is compared instead (DatasetIdentity): its files may move.
    private const string DataKeys = "data.";

    /// <summary>What differs and may not, one line a key.</summary>
    public static IReadOnlyList<string> Conflicts(
        TrainingConfiguration saved,
        TrainingConfiguration now
    )
    {
        Dictionary<string, string> before = Flatten(saved);
        Dictionary<string, string> after = Flatten(now);
        return
        [
            .. before
                .Keys.Union(after.Keys)
                .Except(Free)
                .Where(key => !key.StartsWith(DataKeys, StringComparison.Ordinal))
                .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
                .Select(key =>
                    $"{key}: {before.GetValueOrDefault(key, "not set")} in the checkpoint, {after.GetValueOrDefault(key, "not set")} now"
                ),
        ];
    }

    private static Dictionary<string, string> Flatten(TrainingConfiguration configuration)
    {
        var values = new Dictionary<string, string>();
        Add("", JsonSerializer.SerializeToNode(configuration, RunDescription.Json));
        return values;

        void Add(string key, JsonNode? node)
        {
            if (node is JsonObject map)
            {
                foreach ((string name, JsonNode? value) in map)
                {
                    Add(key.Length == 0 ? name : $"{key}.{name}", value);
                }
            }
            else
            {
                values[key] = node?.ToJsonString() ?? "not set";
            }
        }
    }
}
