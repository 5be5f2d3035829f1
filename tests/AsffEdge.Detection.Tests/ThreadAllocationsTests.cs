namespace AsffEdge.Detection.Tests;

public sealed class ThreadAllocationsTests
{
    private object? _kept;

    [Fact]
    public void What_ends_a_background_collection_is_no_allocation()
    {
        // What takes a collection a moment to look at.
        byte[][] objects = [.. Enumerable.Range(0, 100_000).Select(_ => new byte[100])];
        for (int round = 0; round < 20; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            _kept = new byte[100];
            long before = ThreadAllocations.SoFar();

            // Time for it to end.
            Thread.Sleep(20);

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        GC.KeepAlive(objects);
    }

    [Fact]
    public void An_allocation_is_counted()
    {
        long before = ThreadAllocations.SoFar();

        _kept = new byte[100];

        Assert.Equal(128, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
