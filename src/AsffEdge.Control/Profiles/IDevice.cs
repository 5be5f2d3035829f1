using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>What profiles run on. Thread-safe; nothing but <see cref="WarmAsync"/> takes time.</summary>
public interface IDevice
{
    /// <summary>Runs one inference at a size, so that frames can follow at that size without delay.</summary>
    /// <exception cref="DocumentRejectedException">The device cannot.</exception>
    Task WarmAsync(int size);

    /// <summary>How fast a camera, by index, is inferred.</summary>
    CameraPerformance Performance(int camera);

    /// <summary>The frames of a camera, by index.</summary>
    CameraCounts Counts(int camera);

    /// <summary>Resident memory of this process in MiB; null where it cannot be known.</summary>
    double? MemoryMb();
}
