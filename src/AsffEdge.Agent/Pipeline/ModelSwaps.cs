using AsffEdge.Agent.Models;

namespace AsffEdge.Agent.Pipeline;

/// <summary>Where any thread leaves the model that the inference thread is to go on with, and the inference thread takes it between two frames.</summary>
internal sealed class ModelSwaps
{
    private readonly Lock _lock = new();
    private volatile Pending? _pending;
    private volatile bool _isExpected;
    private bool _closed;

    /// <summary>Whether a model is being made ready because the one in use fails: its failures end nothing until then.</summary>
    public bool IsExpected
    {
        get => _isExpected;
        set => _isExpected = value;
    }

    /// <summary>Leaves a model. One at a time.</summary>
    /// <param name="next">The model, warm.</param>
    /// <param name="swapped">Done by the inference thread together with the swap; must not block.</param>
    /// <returns>The model before, which is used no more; cancelled when there is no thread any more to swap it.</returns>
    public Task<LoadedModel> Add(LoadedModel next, Action swapped)
    {
        Pending pending = new(next, swapped);
        lock (_lock)
        {
            if (_closed)
            {
                pending.Done.SetCanceled();
            }
            else if (_pending is not null)
            {
                throw new InvalidOperationException("a model is waiting to be swapped in already");
            }
            else
            {
                _pending = pending;
            }
        }

        return pending.Done.Task;
    }

    /// <summary>Inference thread, between two frames: swaps the model, if one waits.</summary>
    /// <param name="model">The model in use.</param>
    /// <returns>Whether it was swapped.</returns>
    public bool TrySwap(ref LoadedModel model)
    {
        if (_pending is null)
        {
            return false;
        }

        Pending pending = Take()!;
        LoadedModel before = model;
        model = pending.Next;
        pending.Swapped();
        pending.Done.SetResult(before);
        return true;
    }

    /// <summary>Cancels what waits and what will still come.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }

        Take()?.Done.TrySetCanceled();
    }

    private Pending? Take()
    {
        lock (_lock)
        {
            Pending? pending = _pending;
            _pending = null;
            return pending;
        }
    }

    private sealed record Pending(LoadedModel Next, Action Swapped)
    {
        public TaskCompletionSource<LoadedModel> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
