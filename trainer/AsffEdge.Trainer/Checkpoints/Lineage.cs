using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>
/// What a model was made from: the model that the training started from, the data, and the configuration, by their hashes. It is <c>training.lineage</c> in checkpoints and in the manifests of exported files.
/// </summary>
internal static class Lineage
{
    /// <summary>The key in a checkpoint's and a manifest's <c>training</c>.</summary>
    public const string Key = "lineage";

    /// <summary>The lineage of a training that is about to start.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="identity">The data as it was read.</param>
    /// <exception cref="Data.InvalidDatasetException">The data set is not what its manifest says.</exception>
    public static JsonObject Of(TrainingConfiguration configuration, DatasetIdentity identity)
    {
        var lineage = new JsonObject
        {
            ["configuration_sha256"] = HashOf(configuration),
            ["annotations_sha256"] = identity.Sha256,
        };
        if (configuration.Model.Weights is { } weights)
        {
            FootageModel parent = StartingWeights.Describe(weights);
            lineage["parent"] = new JsonObject
            {
                ["name"] = parent.Name,
                ["version"] = parent.Version,
                ["sha256"] = parent.Sha256,
            };
        }

        if (ManifestHash(configuration.Data.Train) is { } dataset)
        {
            lineage["dataset_sha256"] = dataset;
        }

        if (configuration.Data.Rehearsal is { } rehearsal)
        {
            lineage["rehearsal_share"] = rehearsal.Share;
            if (ManifestHash(rehearsal.Train) is { } old)
            {
                lineage["rehearsal_dataset_sha256"] = old;
            }
        }

        return lineage;
    }

    // The hash of the data set's manifest, once its annotations and every picture have been found to be those that it names; null where
    // the file is in no data set.
    private static string? ManifestHash(string annotations)
    {
        string? folder = Path.GetDirectoryName(annotations);
        if (folder is null || !File.Exists(Path.Combine(folder, DatasetFolder.ManifestName)))
        {
            return null;
        }

        var dataset = DatasetFolder.Open(folder);
        foreach (DatasetPart part in Enum.GetValues<DatasetPart>())
        {
            if (dataset.Manifest.Of(part).File == Path.GetFileName(annotations))
            {
                dataset.VerifyPictures(part);
                return dataset.Sha256;
            }
        }

        return null;
    }

    // Of what decides the weights: where files lie on this machine is no part of it.
    private static string HashOf(TrainingConfiguration configuration)
    {
        TrainingConfiguration plain = configuration with
        {
            Extends = null,
            Workers = 1,
            Model = configuration.Model with { Weights = null },
            Data = new DataOptions
            {
                Format = configuration.Data.Format,
                Labels = configuration.Data.Labels,
            },
        };
        return Convert.ToHexStringLower(
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(plain, RunDescription.Json))
        );
    }
}
