namespace AsffEdge.Agent.Footage.Upload;

/// <summary>How sending goes.</summary>
/// <param name="State">What it does.</param>
/// <param name="Packs">Packs since the process started that the server has confirmed.</param>
/// <param name="Pictures">Pictures in them.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Failures">Tries since the process started that failed.</param>
/// <param name="LastSuccess">When the last pack was confirmed, UTC; null: none since the process started.</param>
/// <param name="Problem">Why the last try failed, a sentence; null: it did not.</param>
internal sealed record UploadStatus(
    UploadState State,
    long Packs,
    long Pictures,
    long Bytes,
    long Failures,
    DateTime? LastSuccess,
    string? Problem
);
