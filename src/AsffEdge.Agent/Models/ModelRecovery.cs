using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Models;

/// <summary>
/// Brings back the model before where the one that was put to use turns out to be no good, and takes a provider whose inferences fail again and
/// again out of use. Sees frames and failures as a sink.
/// </summary>
internal sealed class ModelRecovery : IFrameResultSink, IDisposable
{
    private const int MostProviderFailures = 3;
    private static readonly TimeSpan ProviderFailuresWithin = TimeSpan.FromMinutes(10);

    private readonly ModelStore _store;
    private readonly ModelTrust _trust;
    private readonly ActiveModel _active;
    private readonly Func<VideoPipeline> _pipeline;
    private readonly ModelExchange _exchange;
    private readonly ModelReport _report;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FailureWindow _providerFailures;
    private readonly TrialWatch _watch;
    private volatile bool _isFallingBack;

    /// <summary>Watches the model in use.</summary>
    /// <param name="store">Keeps what worked.</param>
    /// <param name="trust">Whose models are used.</param>
    /// <param name="active">The model in use.</param>
    /// <param name="pipeline">Finds what runs it: it is made with its sinks, of which this is one.</param>
    /// <param name="exchange">Swaps models.</param>
    /// <param name="report">Tells what becomes of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ModelRecovery(
        ModelStore store,
        ModelTrust trust,
        ActiveModel active,
        Func<VideoPipeline> pipeline,
        ModelExchange exchange,
        ModelReport report,
        TimeProvider time,
        ILogger<ModelRecovery> logger
    )
    {
        (_store, _trust, _active, _pipeline) = (store, trust, active, pipeline);
        (_exchange, _report, _time, _logger) = (exchange, report, time, logger);
        _providerFailures = new FailureWindow(MostProviderFailures, ProviderFailuresWithin, time);
        _watch = new TrialWatch(
            pipeline,
            () => exchange.Profiles,
            time,
            (trial, code, why) => Recover(() => RollBackAsync(trial, code, why)),
            trial => _ = SettleAsync(trial)
        );
        exchange.Swapped += OnSwapped;
    }

    /// <summary>Goes on with watching a model that the process before was watching when it ended.</summary>
    public void Resume()
    {
        StoredModels models = _store.Models;
        LoadedModel model = _active.Current;
        if (models.Trial is { } trial && models.Current?.Sha256 == model.Name.Sha256)
        {
            _watch.Resume(model, TimeSpan.FromSeconds(trial.SettleS));
        }
    }

    /// <inheritdoc/>
    public void OnFrame(FrameResult result) => _watch.Note(result);

    /// <inheritdoc/>
    public void OnFailure(long change)
    {
        if (_isFallingBack)
        {
            return;
        }

        if (_watch.Current is { } trial)
        {
            _watch.NoteFailure(trial);
        }
        else if (_active.Current.Name.Provider != ModelOptions.Cpu && _providerFailures.Note())
        {
            _isFallingBack = true;
            Recover(FallBackAsync);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _exchange.Swapped -= OnSwapped;
        _watch.Dispose();
    }

    private void OnSwapped(LoadedModel? next, TimeSpan settles)
    {
        _providerFailures.Clear();
        _watch.OnSwapped(next, settles);
    }

    private void Recover(Func<Task> recover)
    {
        _pipeline().ExpectSwap(true);
        _ = Task.Run(async () =>
        {
            try
            {
                await recover().ConfigureAwait(false);
            }
            // Nobody waits for it; the failures of the model that stays end the process, if they go on.
            catch (Exception error)
            {
                ModelLog.NotRecovered(_logger, error);
            }
            finally
            {
                _pipeline().ExpectSwap(false);
            }
        });
    }

    private async Task RollBackAsync(ModelTrial trial, ResultCode code, string why)
    {
        using IDisposable turn = await _exchange
            .TakeTurnAsync(CancellationToken.None)
            .ConfigureAwait(false);
        if (_watch.Current != trial)
        {
            return; // it has been replaced meanwhile, or this is the second reason for one rollback
        }

        _watch.Stop();
        string bad = ActiveModel.Describe(trial.Model);
        string sha256 = trial.Model.Name.Sha256;
        ModelLog.Failed(_logger, bad, why);
        StoredModel? configured;
        try
        {
            (LoadedModel last, configured, string? note) = await Task.Run(() => OpenOther(sha256))
                .ConfigureAwait(false);
            why = note is null ? why : $"{why}; {note}";
            await _exchange
                .ReplaceAsync(last, null, $"{bad} was taken back: {why}")
                .ConfigureAwait(false);
        }
        // It stays in use, for want of another; whoever looks learns both.
        catch (Exception error)
        {
            _report.Progress(
                sha256,
                change =>
                    change with
                    {
                        Code = code,
                        Detail = $"{why}; and there is no way back: {error.Message}",
                    }
            );
            throw;
        }

        _report.Enter(
            sha256,
            ModelChangeState.RolledBack,
            change => trial.Model.Named(change) with { Code = code, Detail = why },
            models =>
                configured is null
                    ? models.TakenBack(sha256, why)
                    : models.TakenBack(sha256, why).Promoted(configured)
        );
    }

    /// <summary>Opens the model before, or, where that may not be used any more, the configured file.</summary>
    /// <returns>The model; where it is the configured file, how that is to be kept, and why, a sentence for people.</returns>
    private (LoadedModel Last, StoredModel? Configured, string? Note) OpenOther(string bad)
    {
        StoredModels kept = _store.Models;
        StoredModel other =
            (kept.Current?.Sha256 == bad ? kept.Previous : kept.Current)
            ?? throw new InvalidOperationException(
                "no copy of the model before is kept, so there is no way back"
            );
        if (_trust.WhyNot(other) is not { } distrust)
        {
            return (ModelLoader.Open(_store, other.Sha256, _exchange.Options), null, null);
        }

        string note =
            $"{other.Name} {other.Version}, the model before, may not be used: {distrust}";
        if (ModelStart.TryHash(_exchange.Options.Path) == bad)
        {
            throw new InvalidOperationException(
                $"{note}; and the configured file is the model that failed"
            );
        }

        LoadedModel last = ModelLoader.OpenConfigured(_store, _exchange.Options, out _);
        DateTime now = _time.GetUtcNow().UtcDateTime;
        return (last, StoredModel.Of(last.Name, now) with { Configured = true }, note);
    }

    private async Task SettleAsync(ModelTrial trial)
    {
        // After what put it to use has said so, which it does last.
        using IDisposable turn = await _exchange
            .TakeTurnAsync(CancellationToken.None)
            .ConfigureAwait(false);
        if (_watch.Current != trial)
        {
            return;
        }

        _watch.Stop();
        ModelLog.Settled(_logger, ActiveModel.Describe(trial.Model));
        _report.Enter(
            trial.Model.Name.Sha256,
            ModelChangeState.Settled,
            trial.Model.Named,
            models => models.Trial is null ? models : models with { Trial = null }
        );
    }

    private async Task FallBackAsync()
    {
        using IDisposable turn = await _exchange
            .TakeTurnAsync(CancellationToken.None)
            .ConfigureAwait(false);
        try
        {
            LoadedModel before = _active.Current;
            string reason =
                $"{MostProviderFailures} inferences failed on {before.Name.Provider} within {ProviderFailuresWithin.TotalMinutes} minutes, so they are made on the CPU";
            ModelLog.ProviderFailed(_logger, before.Name.Provider, reason);
            LoadedModel next = await Task.Run(() =>
                    ModelLoader.Open(
                        before.Detector.Content.Path,
                        before.Name.Sha256,
                        _exchange.Options with
                        {
                            Providers = [ModelOptions.Cpu],
                        },
                        out _
                    )
                )
                .ConfigureAwait(false);
            await _exchange.ChangeProviderAsync(next, reason).ConfigureAwait(false);
        }
        finally
        {
            _isFallingBack = false;
        }
    }
}
