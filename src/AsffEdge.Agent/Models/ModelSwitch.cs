using AsffEdge.Agent.Configuration;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Models;

/// <summary>
/// Puts another model to use while frames come, because a command says so: it is opened and checked beside the one that runs, swapped in between
/// two frames, and written down; what fails leaves the one before.
/// </summary>
/// <param name="configuration">The configuration.</param>
/// <param name="store">Keeps what worked.</param>
/// <param name="trust">Whose models are used.</param>
/// <param name="active">The model in use.</param>
/// <param name="exchange">Swaps models.</param>
/// <param name="report">Tells what becomes of it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ModelSwitch(
    AgentConfiguration configuration,
    ModelStore store,
    ModelTrust trust,
    ActiveModel active,
    ModelExchange exchange,
    ModelReport report,
    TimeProvider time,
    ILogger<ModelSwitch> logger
)
{
    /// <summary>Opens a model of the store as it would run.</summary>
    /// <exception cref="ModelException">It cannot be used.</exception>
    public LoadedModel Open(string sha256) => ModelLoader.Open(store, sha256, exchange.Options);

    /// <summary>Reads the configured file anew and goes on with it.</summary>
    /// <returns>The number of the change of profiles it came with, and, where nothing had to be done, why.</returns>
    /// <exception cref="ModelException">It cannot be used; the one before goes on.</exception>
    /// <exception cref="DocumentRejectedException">It does not take a size that is wanted; the one before goes on.</exception>
    /// <exception cref="OperationCanceledException">The agent stops.</exception>
    public async Task<(long Change, string? Note)> ReloadAsync(CancellationToken ct)
    {
        using IDisposable turn = await exchange.TakeTurnAsync(ct).ConfigureAwait(false);
        LoadedModel before = active.Current;
        string? storeProblem = null;
        LoadedModel next = await Task.Run(
                () => ModelLoader.OpenConfigured(store, exchange.Options, out storeProblem),
                ct
            )
            .ConfigureAwait(false);
        if (next.Name.Sha256 == before.Name.Sha256)
        {
            next.Dispose();
            active.Set(before, null, HealthCode.ModelFallback, active.ProviderProblem);
            return (exchange.Change, $"{ActiveModel.Describe(before)} is what runs already");
        }

        try
        {
            await exchange.ReplaceAsync(next, ModelTrial.DefaultSettles).ConfigureAwait(false);
        }
        catch
        {
            store.Discard(next.Name.Sha256);
            throw;
        }

        storeProblem ??= ModelStart.TryPromote(store, next, isConfigured: true, time);
        report.Enter(next.Name.Sha256, ModelChangeState.Settling, next.Named);
        if (storeProblem is not null)
        {
            ModelLog.NotKept(logger, ActiveModel.Describe(next), storeProblem);
        }

        return (exchange.Change, null);
    }

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
        using IDisposable turn = await exchange.TakeTurnAsync(ct).ConfigureAwait(false);
        LoadedModel before = active.Current;
        string? configured = await Task.Run(
                () =>
                {
                    string? file = HashConfigured();
                    RequireWayBack(before, file);
                    return file;
                },
                ct
            )
            .ConfigureAwait(false);
        LoadedModel next =
            unused.Release() ?? await Task.Run(() => Open(staged.Sha256), ct).ConfigureAwait(false);
        await exchange.ReplaceAsync(next, settles).ConfigureAwait(false);
        DateTime now = time.GetUtcNow().UtcDateTime;
        string? problem = report.Enter(
            next.Name.Sha256,
            ModelChangeState.Settling,
            next.Named,
            models =>
                models.PutToUse(
                    StoredModel.Of(next.Name, now) with
                    {
                        Signature = staged.Signature,
                        Configured = configured == next.Name.Sha256,
                    },
                    OrLast(configured, before),
                    settles.TotalSeconds
                )
        );
        return (exchange.Change, NoteOn(problem, before));
    }

    /// <summary>Goes back to the model that was in use before.</summary>
    /// <returns>The number of the change of profiles it came with; null: nothing had to be done. What there is to say of it; null: nothing.</returns>
    /// <exception cref="DocumentRejectedException">There is none, or it may not be used any more; the one in use goes on.</exception>
    /// <exception cref="ModelException">It cannot be used any more; the one in use goes on.</exception>
    public async Task<(long? Change, string? Note)> GoBackAsync(CancellationToken ct)
    {
        using IDisposable turn = await exchange.TakeTurnAsync(ct).ConfigureAwait(false);
        LoadedModel before = active.Current;
        StoredModels models = store.Models;
        if (models.Previous is not { } previous || previous.Sha256 == before.Name.Sha256)
        {
            return models.Change is { State: ModelChangeState.RolledBack }
                ? (null, $"{ActiveModel.Describe(before)} is in use again already")
                : throw new DocumentRejectedException(
                    ResultCode.UnknownModel,
                    $"{ActiveModel.Describe(before)} is in use, and no model before it is kept"
                );
        }

        string? configured = await Task.Run(HashConfigured, ct).ConfigureAwait(false);
        if (previous.Sha256 != configured && trust.WhyNot(previous) is { } why)
        {
            throw new DocumentRejectedException(
                ResultCode.BadSignature,
                $"{previous.Name} {previous.Version}, the model before, may not be used: {why}. 'model.reload' goes back to the configured file"
            );
        }

        LoadedModel next = await Task.Run(() => Open(previous.Sha256), ct).ConfigureAwait(false);
        await exchange.ReplaceAsync(next, null).ConfigureAwait(false);
        string? problem = report.Enter(
            before.Name.Sha256,
            ModelChangeState.RolledBack,
            change => before.Named(change) with { Detail = "a command has asked for it" },
            current => current.PutBack(OrLast(configured, before))
        );
        return (exchange.Change, NoteOn(problem, before));
    }

    private string? HashConfigured() => ModelStart.TryHash(configuration.Model.Path);

    // It may be missing by now; then it is as if it were still what it was.
    private static string OrLast(string? configured, LoadedModel current) =>
        configured ?? current.Name.Sha256;

    private static string? NoteOn(string? problem, LoadedModel before) =>
        problem is null
            ? null
            : $"in use, but a restart will bring {ActiveModel.Describe(before)} back, because this could not be written down: {problem}";

    private void RequireWayBack(LoadedModel before, string? configured)
    {
        if (store.Models.Current?.Sha256 == before.Name.Sha256 && store.Holds(before.Name.Sha256))
        {
            return;
        }

        string? problem;
        try
        {
            store.Add(before.Detector.Content);
            problem = ModelStart.TryPromote(
                store,
                before,
                isConfigured: configured == before.Name.Sha256,
                time
            );
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
