using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Models;

/// <summary>
/// Puts another model to use while frames come: it is opened, checked and warmed beside the one that runs, swapped in between two frames, and
/// watched; what fails leaves the one before, or brings it back. As a sink it sees inference fail, and takes a provider that does so again and
/// again out of use. One change at a time.
/// </summary>
internal sealed partial class ModelSwitch : IFrameResultSink, IDisposable
{
    private const string Cpu = "cpu";
    private const int MostProviderFailures = 3;
    private static readonly TimeSpan ProviderFailuresWithin = TimeSpan.FromMinutes(10);

    private readonly AgentConfiguration _configuration;
    private readonly ModelStore _store;
    private readonly ActiveModel _active;
    private readonly Func<VideoPipeline> _pipeline;
    private readonly ModelExchange _exchange;
    private readonly ModelReport _report;
    private readonly ModelFigures _figures;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _oneChange = new(1);
    private readonly FailureWindow _providerFailures;
    private readonly ITimer _settling;
    private volatile ModelTrial? _trial;
    private volatile bool _isFallingBack;

    /// <summary>Watches the model in use.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="store">Keeps what worked.</param>
    /// <param name="active">The model in use.</param>
    /// <param name="pipeline">Finds what runs it: it is made with its sinks, of which this is one.</param>
    /// <param name="exchange">Swaps models.</param>
    /// <param name="report">Tells what becomes of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ModelSwitch(
        AgentConfiguration configuration,
        ModelStore store,
        ActiveModel active,
        Func<VideoPipeline> pipeline,
        ModelExchange exchange,
        ModelReport report,
        TimeProvider time,
        ILogger<ModelSwitch> logger
    )
    {
        (_configuration, _store, _active, _pipeline) = (configuration, store, active, pipeline);
        (_exchange, _report, _time, _logger) = (exchange, report, time, logger);
        _figures = new ModelFigures(time);
        _providerFailures = new FailureWindow(MostProviderFailures, ProviderFailuresWithin, time);
        _settling = time.CreateTimer(
            _ => Look(),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    // A provider that failed is not tried again before the agent is started again.
    private ModelOptions Options =>
        _isFallingBack || _active.Current.Name.Provider == Cpu
            ? _configuration.Model with
            {
                Providers = [Cpu],
            }
            : _configuration.Model;

    /// <summary>Reads the configured file anew and goes on with it.</summary>
    /// <returns>The number of the change of profiles it came with, and, where nothing had to be done, why.</returns>
    /// <exception cref="ModelException">It cannot be used; the one before goes on.</exception>
    /// <exception cref="DocumentRejectedException">It does not take a size that is wanted; the one before goes on.</exception>
    /// <exception cref="OperationCanceledException">The agent stops.</exception>
    public async Task<(long Change, string? Note)> ReloadAsync(CancellationToken ct)
    {
        await _oneChange.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            LoadedModel before = _active.Current;
            string? storeProblem = null;
            LoadedModel next = await Task.Run(
                    () => ModelLoader.OpenConfigured(_store, Options, out storeProblem),
                    ct
                )
                .ConfigureAwait(false);
            if (next.Name.Sha256 == before.Name.Sha256)
            {
                next.Dispose();
                _active.Set(before, null, HealthCode.ModelFallback, _active.ProviderProblem);
                return (_exchange.Change, $"{ActiveModel.Describe(before)} is what runs already");
            }

            try
            {
                await _exchange
                    .ReplaceAsync(next, null, () => OnSwapped(next, ModelTrial.DefaultSettles))
                    .ConfigureAwait(false);
            }
            catch
            {
                _store.Discard(next.Name.Sha256);
                throw;
            }

            _active.Set(next, null, HealthCode.ModelFallback, ProviderProblemOf(next));
            storeProblem ??= ModelStart.TryPromote(_store, next, _time);
            _report.Enter(next.Name.Sha256, ModelChangeState.Settling, Named(next));
            ModelLog.Replaced(
                _logger,
                ActiveModel.Describe(before),
                ActiveModel.Describe(next),
                next.Name.Provider
            );
            if (storeProblem is not null)
            {
                ModelLog.NotKept(_logger, ActiveModel.Describe(next), storeProblem);
            }

            return (_exchange.Change, null);
        }
        finally
        {
            _oneChange.Release();
        }
    }

    /// <inheritdoc/>
    public void OnFrame(FrameResult result) => _figures.Note(result);

    /// <inheritdoc/>
    public void OnFailure(long change)
    {
        if (_isFallingBack)
        {
            return;
        }

        if (_trial is { } trial)
        {
            if (trial.NoteFailure())
            {
                Recover(() =>
                    RollBackAsync(
                        trial,
                        ResultCode.Failed,
                        $"the inference of {ModelTrial.MostFailures} frames failed"
                    )
                );
            }
        }
        else if (_active.Current.Name.Provider != Cpu && _providerFailures.Note())
        {
            _isFallingBack = true;
            Recover(FallBackAsync);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _settling.Dispose();
        _oneChange.Dispose();
    }

    private string? ProviderProblemOf(LoadedModel model) =>
        _active.Current.Name.Provider == model.Name.Provider
            ? _active.ProviderProblem
            : ActiveModel.ProviderProblemOf(model);

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
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_trial != trial)
            {
                return; // it has been replaced meanwhile, or this is the second reason for one rollback
            }

            StopTrial();
            string bad = ActiveModel.Describe(trial.Model);
            ModelLog.Failed(_logger, bad, why);
            LoadedModel last = await Task.Run(() => OpenOther(trial.Model)).ConfigureAwait(false);
            await _exchange
                .ReplaceAsync(last, null, () => OnSwapped(null, default))
                .ConfigureAwait(false);
            _active.Set(
                last,
                $"{bad} was taken back: {why}",
                HealthCode.ModelRolledBack,
                ProviderProblemOf(last)
            );
            _report.Enter(
                trial.Model.Name.Sha256,
                ModelChangeState.RolledBack,
                change => Named(trial.Model)(change) with { Code = code, Detail = why },
                models => models.TakenBack(trial.Model.Name.Sha256, why)
            );
            ModelLog.RolledBack(_logger, ActiveModel.Describe(last));
        }
        // It stays in use, for want of another; whoever looks learns both.
        catch (Exception error) when (_active.Current == trial.Model)
        {
            _report.Progress(
                trial.Model.Name.Sha256,
                change =>
                    change with
                    {
                        Code = code,
                        Detail = $"{why}; and there is no way back: {error.Message}",
                    }
            );
            throw;
        }
        finally
        {
            _oneChange.Release();
        }
    }

    private LoadedModel OpenOther(LoadedModel bad)
    {
        StoredModels kept = _store.Models;
        StoredModel? other = kept.Current?.Sha256 == bad.Name.Sha256 ? kept.Previous : kept.Current;
        return other is not null
            ? ModelLoader.Open(_store, other.Sha256, Options)
            : throw new InvalidOperationException(
                "no copy of the model before is kept, so there is no way back"
            );
    }

    private async Task FallBackAsync()
    {
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            LoadedModel before = _active.Current;
            string reason =
                $"{MostProviderFailures} inferences failed on {before.Name.Provider} within {ProviderFailuresWithin.TotalMinutes} minutes, so they are made on the CPU";
            ModelLog.ProviderFailed(_logger, before.Name.Provider, reason);
            string path = before.Detector.Content.Path;
            LoadedModel next = await Task.Run(() =>
                    ModelLoader.Open(path, before.Name.Sha256, Options, out _)
                )
                .ConfigureAwait(false);
            await _exchange
                .ReplaceAsync(next, reason, () => OnSwapped(null, default))
                .ConfigureAwait(false);
            _active.SetProvider(next, reason);
        }
        finally
        {
            _isFallingBack = false;
            _oneChange.Release();
        }
    }
}
