namespace AsffEdge.Agent.Footage.Upload;

/// <summary>A place that packs are sent to. For one pack.</summary>
internal interface IPackTarget : IDisposable
{
    /// <summary>Bytes of packs that were handed to the network.</summary>
    long BytesSent { get; }

    /// <summary>Whether a pack is there, whole, as far as the place can say.</summary>
    /// <exception cref="UploadException">It does not say.</exception>
    Task<bool> HasAsync(PackPlan plan, CancellationToken ct);

    /// <summary>Sends a pack; <see cref="HasAsync"/> says whether it has got there.</summary>
    /// <exception cref="UploadException">It was not taken.</exception>
    Task PutAsync(PackPlan plan, Stream pack, CancellationToken ct);
}
