using System.Diagnostics.CodeAnalysis;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// Prepares the detector's inputs: on the caller's thread, or on one of its own while the caller runs the inference before. One frame at a
/// time; belongs to one caller.
/// </summary>
internal sealed class InputPreparer : IDisposable
{
    private Detector _detector;
    private readonly AutoResetEvent _begun = new(false);
    private readonly AutoResetEvent _ended = new(false);
    private Thread? _thread;
    private FrameInWork? _work;
    private bool _closed;

    /// <summary>Starts the thread where the detector leaves a core for it.</summary>
    public InputPreparer(Detector detector)
    {
        Use(detector);
    }

    /// <summary>Whether <see cref="Begin"/> may be called.</summary>
    public bool WorksAhead => _detector.LeavesCore;

    /// <summary>Prepares for another detector from now on. Nothing that was begun may be under way.</summary>
    [MemberNotNull(nameof(_detector))]
    public void Use(Detector detector)
    {
        _detector = detector;
        if (detector.LeavesCore && _thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "prepare" };
            _thread.Start();
        }
    }

    /// <summary>Prepares on this thread, unless it has been done for this frame and size.</summary>
    public void Prepare(FrameInWork work)
    {
        int size = work.Profile.Size;
        if (work.PreparedSize == size)
        {
            return;
        }

        try
        {
            work.PreprocessMs = _detector.Prepare(work.Input, work.Frame!.Picture, size);
            work.PreparedSize = size;
            work.Failure = null;
        }
        // Handed to whoever wants to infer the frame, on whichever thread that is.
        catch (Exception error)
        {
            work.Failure = error;
        }
    }

    /// <summary>Prepares on the other thread. <paramref name="work"/> must not be touched until <see cref="End"/>.</summary>
    public void Begin(FrameInWork work)
    {
        _work = work;
        _begun.Set();
    }

    /// <summary>Waits for what <see cref="Begin"/> began.</summary>
    /// <returns>The frame; null when none was begun since the last call.</returns>
    public FrameInWork? End()
    {
        FrameInWork? work = _work;
        if (work is not null)
        {
            _ended.WaitOne();
            _work = null;
        }

        return work;
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _ = End();
        _closed = true;
        _begun.Set();
        _thread?.Join();
        _begun.Dispose();
        _ended.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _begun.WaitOne();
            if (_closed)
            {
                return;
            }

            Prepare(_work!);
            _ended.Set();
        }
    }
}
