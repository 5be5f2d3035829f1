using System.Runtime;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// Keeps the garbage collector from running while native tensor code does. TorchSharp wraps every number that goes into an
/// operation in an object with a finaliser and does not keep it alive during the native call: a collection that another
/// thread sets off at that moment frees the number while it is in use, which ends a long training with an error, or worse, a wrong value.
/// </summary>
internal readonly struct CollectionPause : IDisposable
{
    // More than a step allocates; a step that needed more would merely be collected again.
    private const long AllocationBudget = 200L << 20;

    private readonly bool _started;

    private CollectionPause(bool started) => _started = started;

    /// <summary>Starts a pause; within another one it does nothing.</summary>
    public static CollectionPause Start()
    {
        try
        {
            return new CollectionPause(
                GCSettings.LatencyMode != GCLatencyMode.NoGCRegion
                    && GC.TryStartNoGCRegion(AllocationBudget)
            );
        }
        catch (InvalidOperationException)
        {
            // Another thread was faster.
            return new CollectionPause(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_started && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }
    }
}
