using System.Text.Json;

namespace AsffEdge.Messaging;

/// <summary>What inferred a frame, as messages name it. Made once for each model that is loaded.</summary>
public sealed class FrameModel
{
    /// <summary>Makes it.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The model's version.</param>
    /// <param name="sha256">Lower-case hex of the model's file.</param>
    /// <param name="provider">Execution provider in use.</param>
    public FrameModel(string name, string version, string sha256, string provider)
    {
        (Name, Version, Sha256, Provider) = (name, version, sha256, provider);
        JsonEncodedText[] encoded = FrameMessageWriter.Encode([name, version, sha256, provider]);
        (EncodedName, EncodedVersion) = (encoded[0], encoded[1]);
        (EncodedSha256, EncodedProvider) = (encoded[2], encoded[3]);
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>The model's version.</summary>
    public string Version { get; }

    /// <summary>Lower-case hex of the model's file.</summary>
    public string Sha256 { get; }

    /// <summary>Execution provider in use.</summary>
    public string Provider { get; }

    internal JsonEncodedText EncodedName { get; }

    internal JsonEncodedText EncodedVersion { get; }

    internal JsonEncodedText EncodedSha256 { get; }

    internal JsonEncodedText EncodedProvider { get; }
}
