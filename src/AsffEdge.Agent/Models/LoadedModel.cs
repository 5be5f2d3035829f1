using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>A detector and how messages name it.</summary>
public sealed class LoadedModel : IDisposable
{
    /// <summary>Names a detector, which is disposed of with this.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="provider">The execution provider that it counts as; null: its own.</param>
    public LoadedModel(Detector detector, string? provider = null)
    {
        Detector = detector;
        Name = new FrameModel(
            detector.Manifest.Name,
            detector.Manifest.Version,
            detector.Sha256,
            provider ?? detector.Provider
        );
    }

    /// <summary>The detector.</summary>
    public Detector Detector { get; }

    /// <summary>How messages name it.</summary>
    public FrameModel Name { get; }

    /// <summary>A change to this model with its name.</summary>
    internal ModelChange Named(ModelChange change) =>
        change with
        {
            Name = Name.Name,
            Version = Name.Version,
        };

    /// <inheritdoc/>
    public void Dispose() => Detector.Dispose();
}
