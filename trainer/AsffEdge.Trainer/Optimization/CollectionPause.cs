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

    private static readonly Lock Gate = new();
    private static int _open;

    /// <summary>Starts a pause, or joins the one that another thread has started; it ends with the last of them.</summary>
    public static CollectionPause Start()
    {
        lock (Gate)
        {
            if (_open++ == 0)
            {
                GC.TryStartNoGCRegion(AllocationBudget);
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            if (--_open > 0 || GCSettings.LatencyMode != GCLatencyMode.NoGCRegion)
            {
                return;
            }

            try
            {
                GC.EndNoGCRegion();
            }
            catch (InvalidOperationException)
            {
                // Another thread went past the budget just now, which ended the region.
            }
        }
    }
}
