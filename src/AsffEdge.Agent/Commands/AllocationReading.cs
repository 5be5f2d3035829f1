namespace AsffEdge.Agent.Commands;

/// <summary>
/// What the current thread allocates on the managed heap in a moment. Where a background collection ends meanwhile, the runtime counts the unused rest
/// of the thread's allocation buffer, up to 8 KiB, as allocated, so there is no figure for a moment that a collection interrupted.
/// </summary>
internal readonly struct AllocationReading
{
    private readonly TimeSpan _paused;
    private readonly long _bytes;

    private AllocationReading(TimeSpan paused, long bytes) => (_paused, _bytes) = (paused, bytes);

    /// <summary>Begins.</summary>
    public static AllocationReading Begin() =>
        new(GC.GetTotalPauseDuration(), GC.GetAllocatedBytesForCurrentThread());

    /// <summary>Ends, on the same thread.</summary>
    /// <returns>Bytes allocated since; null where a collection paused the thread.</returns>
    public long? End()
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread() - _bytes;
        return GC.GetTotalPauseDuration() == _paused ? bytes : null;
    }
}
