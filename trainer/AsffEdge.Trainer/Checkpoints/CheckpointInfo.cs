using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>What a checkpoint says about itself.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Network">The network's shape.</param>
/// <param name="Labels">Class names by id.</param>
/// <param name="Thresholds">Thresholds that the exported file recommends.</param>
/// <param name="Training">Summary of the training, free-form.</param>
public sealed record CheckpointInfo(
    string Name,
    string Version,
    NetworkConfiguration Network,
    IReadOnlyList<string> Labels,
    ThresholdManifest Thresholds,
    JsonObject Training
);
