namespace AsffEdge.Agent.Footage.Upload;

/// <summary>What sending does now.</summary>
internal enum UploadState
{
    /// <summary>All has been sent, or it is not the hour for it.</summary>
    Idle,

    /// <summary>A pack is on its way.</summary>
    Sending,

    /// <summary>The last try failed; another one follows.</summary>
    Failing,
}
