using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Models;

/// <summary>Swaps a model that was opened for the one in use, with the profiles that go with it, and tells which one is in use. One change at a time.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="active">The model in use.</param>
/// <param name="pipeline">Finds what runs it.</param>
/// <param name="profiles">The profiles.</param>
/// <param name="logger">The log.</param>
internal sealed class ModelExchange(
    AgentConfiguration configuration,
    ActiveModel active,
    Func<VideoPipeline> pipeline,
    ProfileController profiles,
    ILogger<ModelExchange> logger
) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>
    /// Raised by the inference thread between the last frame of a model and the first of the next: with the model that is to be watched and for how
    /// long, or null where it has worked before. Must not block.
    /// </summary>
    public event Action<LoadedModel?, TimeSpan>? Swapped;

    /// <summary>How models are to be opened. A provider that failed is not tried again before the agent is started again.</summary>
    public ModelOptions Options =>
        active.Current.Name.Provider == ModelOptions.Cpu
            ? configuration.Model with
            {
                Providers = [ModelOptions.Cpu],
            }
            : configuration.Model;

    /// <summary>The number of the change of profiles in force, see <see cref="ProfileSelection.Snapshot"/>.</summary>
    public long Change => profiles.Selection.Current.Change;

    /// <summary>The profile of every camera now.</summary>
    public IReadOnlyList<Profile> Profiles => profiles.Selection.Current.Profiles;

    /// <summary>Whether a model could be put to use: it has the labels in use and takes the sizes that are configured.</summary>
    /// <exception cref="ModelException">It could not.</exception>
    public void RequireSuitable(ModelManifest next)
    {
        RequireSameLabels(next);
        _ = BookOf(next);
    }

    /// <summary>Waits until no other change is made.</summary>
    /// <returns>Lets the next one be made.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<IDisposable> TakeTurnAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        return new Turn(_turn);
    }

    /// <summary>Warms a model at the sizes in use, swaps it in between two frames, and lets the one before go once its last frame is done.</summary>
    /// <param name="next">The model, checked; disposed of where it is not put to use.</param>
    /// <param name="settles">How long it is to be watched; null: it has worked before.</param>
    /// <param name="problem">Why it is not the one that was asked for, a sentence for people; null: it is.</param>
    /// <exception cref="ModelException">It has other labels, does not take a size that is configured, or fails at one in use; the one before goes on.</exception>
    /// <exception cref="DocumentRejectedException">It does not take a size that a document asks for; the one before goes on.</exception>
    /// <exception cref="OperationCanceledException">The agent stops.</exception>
    public async Task ReplaceAsync(LoadedModel next, TimeSpan? settles, string? problem = null)
    {
        LoadedModel before = await SwapInAsync(next, settles, null).ConfigureAwait(false);
        active.Set(
            next,
            problem,
            problem is null ? HealthCode.ModelFallback : HealthCode.ModelRolledBack,
            before.Name.Provider == next.Name.Provider
                ? active.ProviderProblem
                : ActiveModel.ProviderProblemOf(next)
        );
        if (settles is null)
        {
            ModelLog.RolledBack(logger, ActiveModel.Describe(next));
        }
        else
        {
            ModelLog.Replaced(
                logger,
                ActiveModel.Describe(before),
                ActiveModel.Describe(next),
                next.Name.Provider
            );
        }

        LetGo(before);
    }

    /// <summary>Goes on with the same model on another provider, likewise, with the smallest profile for all cameras.</summary>
    /// <param name="next">The model; disposed of where it is not put to use.</param>
    /// <param name="reason">Why, a sentence for people.</param>
    /// <exception cref="ModelException">It fails at a size in use; what was before goes on.</exception>
    /// <exception cref="OperationCanceledException">The agent stops.</exception>
    public async Task ChangeProviderAsync(LoadedModel next, string reason)
    {
        LoadedModel before = await SwapInAsync(next, null, reason).ConfigureAwait(false);
        active.SetProvider(next, reason);
        LetGo(before);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static void LetGo(LoadedModel before)
    {
        before.Dispose();
        FreedMemory.GiveBack();
    }

    private async Task<LoadedModel> SwapInAsync(
        LoadedModel next,
        TimeSpan? settles,
        string? heldDown
    )
    {
        try
        {
            RequireSameLabels(next.Detector.Manifest);
            return await profiles
                .ChangeModelAsync(
                    BookOf(next.Detector.Manifest),
                    heldDown,
                    (sizes, swapped) =>
                        SwapAsync(
                            next,
                            sizes,
                            swapped
                                + (
                                    () =>
                                        Swapped?.Invoke(
                                            settles is null ? null : next,
                                            settles ?? default
                                        )
                                )
                        )
                )
                .ConfigureAwait(false);
        }
        catch
        {
            next.Dispose();
            throw;
        }
    }

    private async Task<LoadedModel> SwapAsync(
        LoadedModel next,
        IReadOnlyList<int> sizes,
        Action swapped
    )
    {
        await Task.Run(() =>
            {
                foreach (int size in sizes)
                {
                    next.Detector.Warm(size);
                }
            })
            .ConfigureAwait(false);
        return await pipeline().SwapAsync(next, swapped).ConfigureAwait(false);
    }

    // What follows tracks, what is shown and what is announced know the classes from the start of the process.
    private void RequireSameLabels(ModelManifest next)
    {
        IReadOnlyList<string> now = active.Current.Detector.Manifest.Labels;
        IReadOnlyList<string> then = next.Labels;
        if (!then.SequenceEqual(now))
        {
            throw new ModelException(
                ModelFault.Unsuitable,
                $"model '{configuration.Model.Path}' has the labels [{string.Join(", ", then)}]; expected those in use, [{string.Join(", ", now)}]. To change them, restart the agent"
            );
        }
    }

    private ProfileBook BookOf(ModelManifest next)
    {
        try
        {
            return LocalProfiles.ToBook(configuration, next);
        }
        catch (ConfigurationException error)
        {
            throw new ModelException(ModelFault.Unsuitable, error.Message, error);
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
