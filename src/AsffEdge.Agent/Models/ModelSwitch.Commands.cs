using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <content>Puts models to use, and takes them back, because a command says so.</content>
internal sealed partial class ModelSwitch
{
    /// <summary>Opens a staged model as it would run.</summary>
    /// <exception cref="ModelException">It cannot be used.</exception>
    public LoadedModel Open(StagedModel staged) => ModelLoader.Open(_store, staged.Sha256, Options);

    /// <summary>Puts a staged model to use and begins to watch it.</summary>
    /// <param name="staged">The model.</param>
    /// <param name="opened">The model, opened; null: it is opened here. Disposed of where it is not put to use.</param>
    /// <param name="settles">How long it is watched.</param>
    /// <param name="ct">Ends the waiting for another change.</param>
    /// <returns>The number of the change of profiles it came with, and what is not as it should be; null: nothing.</returns>
    /// <exception cref="ModelException">It cannot be used; the one before goes on.</exception>
    /// <exception cref="DocumentRejectedException">It cannot be used, or there would be no way back; the one before goes on.</exception>
    public async Task<(long Change, string? Note)> ActivateAsync(
        StagedModel staged,
        LoadedModel? opened,
        TimeSpan settles,
        CancellationToken ct
    )
    {
        using Disposal unused = new(opened);
        await _oneChange.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            LoadedModel before = _active.Current;
            string configured = await Task.Run(
                    () =>
                    {
                        RequireWayBack(before);
                        return ModelStart.TryHash(_configuration.Model.Path) ?? before.Name.Sha256;
                    },
                    ct
                )
                .ConfigureAwait(false);
            LoadedModel next =
                unused.Release() ?? await Task.Run(() => Open(staged), ct).ConfigureAwait(false);
            await _exchange
                .ReplaceAsync(next, null, () => OnSwapped(next, settles))
                .ConfigureAwait(false);
            _active.Set(next, null, HealthCode.ModelFallback, ProviderProblemOf(next));
            ModelLog.Replaced(
                _logger,
                ActiveModel.Describe(before),
                ActiveModel.Describe(next),
                next.Name.Provider
            );
            DateTime now = _time.GetUtcNow().UtcDateTime;
            string? problem = _report.Enter(
                next.Name.Sha256,
                ModelChangeState.Settling,
                Named(next),
                models =>
                    models.PutToUse(
                        new StoredModel(next.Name.Sha256, next.Name.Name, next.Name.Version, now),
                        configured,
                        settles.TotalSeconds
                    )
            );
            return (
                _exchange.Change,
                problem is null
                    ? null
                    : $"in use, but a restart will bring the model before back, because this could not be written down: {problem}"
            );
        }
        finally
        {
            _oneChange.Release();
        }
    }

    /// <summary>Goes back to the model that was in use before.</summary>
    /// <returns>The number of the change of profiles it came with; null: nothing had to be done. What there is to say of it; null: nothing.</returns>
    /// <exception cref="DocumentRejectedException">There is none.</exception>
    /// <exception cref="ModelException">It cannot be used any more; the one in use goes on.</exception>
    public async Task<(long? Change, string? Note)> GoBackAsync(CancellationToken ct)
    {
        await _oneChange.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            LoadedModel before = _active.Current;
            StoredModels models = _store.Models;
            if (models.Previous is not { } previous || previous.Sha256 == before.Name.Sha256)
            {
                return models.Change is { State: ModelChangeState.RolledBack }
                    ? (null, $"{ActiveModel.Describe(before)} is in use again already")
                    : throw new DocumentRejectedException(
                        ResultCode.UnknownModel,
                        $"{ActiveModel.Describe(before)} is in use, and no model before it is kept"
                    );
            }

            string configured = await Task.Run(
                    () => ModelStart.TryHash(_configuration.Model.Path) ?? before.Name.Sha256,
                    ct
                )
                .ConfigureAwait(false);
            LoadedModel next = await Task.Run(
                    () => ModelLoader.Open(_store, previous.Sha256, Options),
                    ct
                )
                .ConfigureAwait(false);
            await _exchange
                .ReplaceAsync(next, null, () => OnSwapped(null, default))
                .ConfigureAwait(false);
            _active.Set(next, null, HealthCode.ModelFallback, ProviderProblemOf(next));
            string? problem = _report.Enter(
                before.Name.Sha256,
                ModelChangeState.RolledBack,
                change => Named(before)(change) with { Detail = "a command has asked for it" },
                current => current.PutBack(configured)
            );
            ModelLog.RolledBack(_logger, ActiveModel.Describe(next));
            return (
                _exchange.Change,
                problem is null
                    ? null
                    : $"in use, but a restart will bring {ActiveModel.Describe(before)} back, because this could not be written down: {problem}"
            );
        }
        finally
        {
            _oneChange.Release();
        }
    }

    private void RequireWayBack(LoadedModel before)
    {
        if (_store.Models.Current?.Sha256 == before.Name.Sha256 && _store.Holds(before.Name.Sha256))
        {
            return;
        }

        string? problem;
        try
        {
            _store.Add(before.Detector.Content);
            problem = ModelStart.TryPromote(_store, before, _time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = error.Message;
        }

        if (problem is not null)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                $"no copy of the model in use can be kept, so there would be no way back: {problem}"
            );
        }
    }

    /// <summary>Disposes of a model unless somebody takes it.</summary>
    private sealed class Disposal(LoadedModel? model) : IDisposable
    {
        private LoadedModel? _model = model;

        public LoadedModel? Release()
        {
            LoadedModel? model = _model;
            _model = null;
            return model;
        }

        public void Dispose() => _model?.Dispose();
    }
}
