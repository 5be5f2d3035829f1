namespace AsffEdge.Detection;

/// <summary>What is wrong with a model file. Each is refused before anything is replaced.</summary>
public enum ModelFault
{
    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>It is a folder.</summary>
    NotAFile,

    /// <summary>It may not or cannot be read.</summary>
    Unreadable,

    /// <summary>It holds nothing, or is a pipe or a device.</summary>
    Empty,

    /// <summary>It is larger than an ONNX file can be.</summary>
    TooLarge,

    /// <summary>It is something else.</summary>
    NotOnnx,

    /// <summary>It ends in the middle.</summary>
    Truncated,

    /// <summary>Its bytes are not those that were written: its own checksum says so.</summary>
    Damaged,

    /// <summary>It carries no checksum of its own.</summary>
    NoChecksum,

    /// <summary>It is not the file whose SHA-256 was asked for.</summary>
    WrongSha256,

    /// <summary>It carries no manifest.</summary>
    NoManifest,

    /// <summary>Its manifest is none that this version can use.</summary>
    BadManifest,

    /// <summary>Its golden picture is none that this version can use.</summary>
    BadGolden,

    /// <summary>ONNX Runtime does not take the graph: an operator or an operator set it does not know, a broken graph, or no execution provider.</summary>
    NotLoadable,

    /// <summary>The graph is not what the manifest says: names, shapes, number of labels, strides.</summary>
    WrongGraph,

    /// <summary>The graph fails when it is run.</summary>
    InferenceFailed,

    /// <summary>The golden picture gives other detections than it must.</summary>
    WrongDetections,

    /// <summary>It is sound, but not for what it is wanted for: other labels, or not the sizes in use.</summary>
    Unsuitable,
}
