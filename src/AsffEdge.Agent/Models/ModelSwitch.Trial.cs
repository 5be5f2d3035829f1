using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <content>Watches a model that was put to use until it has settled.</content>
internal sealed partial class ModelSwitch
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TimerMargin = TimeSpan.FromMilliseconds(20);

    /// <summary>What the model before did is taken from at least so long.</summary>
    private static readonly TimeSpan LeastBefore = TimeSpan.FromSeconds(60);

    /// <summary>Goes on with watching a model that the process before was watching when it ended.</summary>
    public void Resume()
    {
        StoredModels models = _store.Models;
        LoadedModel model = _active.Current;
        if (models.Trial is { } trial && models.Current?.Sha256 == model.Name.Sha256)
        {
            Watch(model, TimeSpan.FromSeconds(trial.SettleS), []);
        }
    }

    // On the inference thread, so that no failure of the model before is counted against the one that follows.
    private void OnSwapped(LoadedModel? onTrial, TimeSpan settles)
    {
        StopTrial();
        _providerFailures.Clear();
        if (onTrial is not null)
        {
            Watch(onTrial, settles, _figures.Last(settles > LeastBefore ? settles : LeastBefore));
        }

        _figures.Clear();
    }

    private void Watch(LoadedModel model, TimeSpan settles, FrameFigures[] before)
    {
        _trial = new ModelTrial(model, settles, DeliveredFrames.Now(_pipeline(), _time), before);
        LookAfter(settles);
    }

    private void LookAfter(TimeSpan left) =>
        _settling.Change(left < LookEvery ? left : LookEvery, Timeout.InfiniteTimeSpan);

    private void StopTrial()
    {
        _trial = null;
        _settling.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

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
        double wanted = now.WantedSince(trial.Start, _exchange.Profiles, _time);
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
            Recover(() => RollBackAsync(trial, code, why));
        }
        else if (!isLast)
        {
            LookAfter(trial.Settles - elapsed);
        }
        else
        {
            _ = SettleAsync(trial);
        }
    }

    private async Task SettleAsync(ModelTrial trial)
    {
        // After what put it to use has said so, which it does last.
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_trial != trial)
            {
                return;
            }

            _trial = null;
            ModelLog.Settled(_logger, ActiveModel.Describe(trial.Model));
            _report.Enter(
                trial.Model.Name.Sha256,
                ModelChangeState.Settled,
                Named(trial.Model),
                models => models.Trial is null ? models : models with { Trial = null }
            );
        }
        finally
        {
            _oneChange.Release();
        }
    }

    private static Func<ModelChange, ModelChange> Named(LoadedModel model) =>
        change => change with { Name = model.Name.Name, Version = model.Name.Version };
}
