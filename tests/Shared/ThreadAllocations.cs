namespace AsffEdge.Tests;

/// <summary>Counts what the current thread allocates on the managed heap.</summary>
public static class ThreadAllocations
{
    /// <summary>
    /// Bytes the current thread has allocated so far, to be taken from what <see cref="GC.GetAllocatedBytesForCurrentThread"/> says later.
    /// Collects first: where a background collection ends, which other tests may have caused, the unused rest of the thread's allocation
    /// buffer is counted as allocated, and after this there is none.
    /// </summary>
    public static long SoFar()
    {
        GC.Collect(0);
        return GC.GetAllocatedBytesForCurrentThread();
    }
}
