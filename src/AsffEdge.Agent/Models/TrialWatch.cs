using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>Watches a model that was put to use until it has settled or turns out to be no good, by what the one before made of its last frames.</summary>
internal sealed class TrialWatch : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TimerMargin = TimeSpan.FromMilliseconds(20);

    /// <summary>What the model before did is taken from at least so long.</summary>
    private static readonly TimeSpan LeastBefore = TimeSpan.FromSeconds(60);

    private readonly Func<VideoPipeline> _pipeline;
    private readonly Func<IReadOnlyList<Profile>> _profiles;
    private readonly TimeProvider _time;
    private readonly Action<ModelTrial, ResultCode, string> _failed;
    private readonly Action<ModelTrial> _passed;
    private readonly ModelFigures _figures;
    private readonly ITimer _timer;
    private volatile ModelTrial? _trial;

    /// <summary>Watches nothing yet.</summary>
    /// <param name="pipeline">Finds what runs the model in use.</param>
    /// <param name="profiles">The profile of every camera now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Told what is wrong with a model, perhaps more than once; must not block.</param>
    /// <param name="passed">Told when it has been watched for long enough; must not block.</param>
    public TrialWatch(
        Func<VideoPipeline> pipeline,
        Func<IReadOnlyList<Profile>> profiles,
        TimeProvider time,
        Action<ModelTrial, ResultCode, string> failed,
        Action<ModelTrial> passed
    )
    {
        (_pipeline, _profiles, _time) = (pipeline, profiles, time);
        (_failed, _passed) = (failed, passed);
        _figures = new ModelFigures(time);
        _timer = time.CreateTimer(
            _ => Look(),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>What is being watched; null: nothing.</summary>
    public ModelTrial? Current => _trial;

    /// <summary>Notes a frame of the model in use. Inference thread only.</summary>
    public void Note(FrameResult result) => _figures.Note(result);

    /// <summary>Notes a failed inference of the model that is watched. Inference thread only.</summary>
    public void NoteFailure(ModelTrial trial)
    {
        if (trial.NoteFailure())
        {
            _failed(
                trial,
                ResultCode.Failed,
                $"the inference of {ModelTrial.MostFailures} frames failed"
            );
        }
    }

    /// <summary>Another model has taken over. On the inference thread, so that no failure of the one before is counted against the one that follows.</summary>
    /// <param name="next">The model that is to be watched; null: it has worked before.</param>
    /// <param name="settles">For how long.</param>
    public void OnSwapped(LoadedModel? next, TimeSpan settles)
    {
        Stop();
        if (next is not null)
        {
            Begin(next, settles, _figures.Last(settles > LeastBefore ? settles : LeastBefore));
        }

        _figures.Clear();
    }

    /// <summary>Goes on with a model that the process before was watching when it ended; nothing is known of the one before.</summary>
    public void Resume(LoadedModel model, TimeSpan settles) => Begin(model, settles, []);

    /// <summary>Ends it.</summary>
    public void Stop()
    {
        _trial = null;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Begin(LoadedModel model, TimeSpan settles, FrameFigures[] before)
    {
        _trial = new ModelTrial(model, settles, DeliveredFrames.Now(_pipeline(), _time), before);
        LookAfter(settles);
    }

    private void LookAfter(TimeSpan left) =>
        _timer.Change(left < LookEvery ? left : LookEvery, Timeout.InfiniteTimeSpan);

    private void Look()
    {
        if (_trial is not { } trial)
        {
            return;
        }

        DeliveredFrames now = DeliveredFrames.Now(_pipeline(), _time);
        TimeSpan elapsed = _time.GetElapsedTime(trial.Start.At, now.At);

        // Timers may fire a little early, and the last look is the one that must judge.
        bool isLast = trial.Settles - elapsed <= TimerMargin;
        double wanted = now.WantedSince(trial.Start, _profiles(), _time);
        if (
            trial.Judge(
                _figures.Last(TimeSpan.MaxValue),
                now,
                wanted,
                isLast ? trial.Settles : elapsed
            ) is
            { Code: var code, Why: var why }
        )
        {
            _failed(trial, code, why);
        }
        else if (!isLast)
        {
            LookAfter(trial.Settles - elapsed);
        }
        else
        {
            _passed(trial);
        }
    }
}
