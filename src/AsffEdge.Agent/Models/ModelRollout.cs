using AsffEdge.Agent.Models.Fetching;
using AsffEdge.Agent.Models.Shadow;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>
/// Carries out what a fleet's manager asks of models, one thing at a time: a newer order ends what is being fetched or runs in the shadow.
/// Called for one command at a time; not thread-safe.
/// </summary>
/// <param name="staging">Fetches models.</param>
/// <param name="shadow">Runs them in the shadow.</param>
/// <param name="models">Puts them to use.</param>
/// <param name="trust">Whose models are used.</param>
/// <param name="sources">Where they come from.</param>
/// <param name="store">Keeps them.</param>
/// <param name="active">The model in use.</param>
/// <param name="report">Tells what becomes of them.</param>
/// <param name="frames">Tells of the first frame.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelRollout(
    ModelStaging staging,
    ShadowTrial shadow,
    ModelSwitch models,
    ModelTrust trust,
    ModelSources sources,
    ModelStore store,
    ActiveModel active,
    ModelReport report,
    FirstFrameWatch frames,
    TimeProvider time
)
{
    private const double DefaultShadowS = 60;
    private const double DefaultSettleS = 60;

    private Work? _work;

    /// <summary>Sees that a command can be begun.</summary>
    /// <exception cref="DocumentRejectedException">It cannot; nothing has changed.</exception>
    public void Check(ModelStageCommand command)
    {
        trust.Require(command.Sha256, command.Signature);
        if (command.Url is { } url)
        {
            sources.Require(url);
        }
    }

    /// <summary>Sees that a command can be begun.</summary>
    /// <exception cref="DocumentRejectedException">It cannot; nothing has changed.</exception>
    public void Check(ModelActivateCommand command)
    {
        if (active.Current.Name.Sha256 == command.Sha256)
        {
            return;
        }

        StagedModel staged =
            store.Models.Staged is { } here && here.Sha256 == command.Sha256
                ? here
                : throw new DocumentRejectedException(
                    ResultCode.UnknownModel,
                    $"no model {command.Sha256} is staged here; 'model.stage' fetches it"
                );
        trust.Require(staged.Sha256, staged.Signature);
    }

    /// <summary>Fetches a model.</summary>
    public Task<string?> Stage(ModelStageCommand command, CancellationToken ct) =>
        Begin(
            (command.Sha256, command.Url, command.ChunkBytes),
            command.Sha256,
            stop => staging.RunAsync(command, stop),
            ct
        );

    /// <summary>Puts a staged model to use, after a time in the shadow of the one in use where that is asked for.</summary>
    public Task<string?> Activate(ModelActivateCommand command, CancellationToken ct) =>
        Begin(
            (CommandName.ModelActivate, command.Sha256),
            command.Sha256,
            stop => ActivateAsync(command, stop),
            ct
        );

    /// <summary>Goes back to the model before.</summary>
    public Task<string?> RollBack(CancellationToken ct) =>
        Begin(CommandName.ModelRollback, null, GoBackAsync, ct);

    private Task<string?> Begin(
        object key,
        string? sha256,
        Func<CancellationToken, Task<string?>> run,
        CancellationToken ct
    )
    {
        if (_work is { } same && same.Key.Equals(key) && !same.Done.IsCompleted)
        {
            return same.Done;
        }

        Work? before = _work;
        CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<string?> done = RunAsync(before, sha256, run, stop, ct);
        _work = new Work(key, stop, done);
        return done;
    }

    private async Task<string?> RunAsync(
        Work? before,
        string? sha256,
        Func<CancellationToken, Task<string?>> run,
        CancellationTokenSource stop,
        CancellationToken ct
    )
    {
        if (before is not null)
        {
            await before.EndAsync().ConfigureAwait(false);
        }

        DocumentRejectedException failure;
        try
        {
            return await run(stop.Token).ConfigureAwait(false);
        }
        catch (DocumentRejectedException rejection)
        {
            failure = rejection;
        }
        catch (ModelException error)
        {
            failure = new DocumentRejectedException(ResultCode.BadModel, error.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            failure = new DocumentRejectedException(
                ResultCode.Superseded,
                "a newer command came before it was done"
            );
        }

        if (
            sha256 is not null
            && report.Change
                is {
                    State: ModelChangeState.Staging
                        or ModelChangeState.Staged
                        or ModelChangeState.Shadow
                } change
            && change.Sha256 == sha256
        )
        {
            report.Fail(sha256, failure.Code, failure.Message);
        }

        throw failure;
    }

    private async Task<string?> ActivateAsync(ModelActivateCommand command, CancellationToken ct)
    {
        if (active.Current.Name.Sha256 == command.Sha256)
        {
            return $"{ActiveModel.Describe(active.Current)} is what runs already";
        }

        Check(command);
        StagedModel staged = store.Models.Staged!;
        LoadedModel? opened = null;
        double shadowS = command.ShadowS ?? DefaultShadowS;
        if (shadowS > 0)
        {
            report.Enter(
                staged.Sha256,
                ModelChangeState.Shadow,
                change =>
                    change with
                    {
                        Name = staged.Name,
                        Version = staged.Version,
                        Shadow = new ModelShadow(0, 0, 0),
                    }
            );
            opened = await Task.Run(() => models.Open(staged.Sha256), ct).ConfigureAwait(false);
            try
            {
                await shadow
                    .RunAsync(
                        opened,
                        TimeSpan.FromSeconds(shadowS),
                        command.MinAgreement,
                        seen =>
                            report.Progress(staged.Sha256, change => change with { Shadow = seen }),
                        ct
                    )
                    .ConfigureAwait(false);
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        }

        (long change, string? note) = await models
            .ActivateAsync(
                staged,
                opened,
                TimeSpan.FromSeconds(command.SettleS ?? DefaultSettleS),
                ct
            )
            .ConfigureAwait(false);
        return note ?? await FirstFrameAsync(change, ct).ConfigureAwait(false);
    }

    private async Task<string?> GoBackAsync(CancellationToken ct)
    {
        (long? change, string? note) = await models.GoBackAsync(ct).ConfigureAwait(false);
        return note
            ?? (
                change is { } number
                    ? await FirstFrameAsync(number, ct).ConfigureAwait(false)
                    : null
            );
    }

    private Task<string?> FirstFrameAsync(long change, CancellationToken ct) =>
        frames.WaitAsync(change, "in use", time, ct);

    /// <summary>What goes on.</summary>
    /// <param name="Key">What was asked for.</param>
    /// <param name="Stop">Ends it.</param>
    /// <param name="Done">Completes when it has ended.</param>
    private sealed record Work(object Key, CancellationTokenSource Stop, Task<string?> Done)
    {
        public async Task EndAsync()
        {
            await Stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Stop.Dispose();
        }
    }
}
