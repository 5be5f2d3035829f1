using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>Swaps a model that was opened for the one in use, with the profiles that go with it. One call at a time.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="active">The model in use.</param>
/// <param name="pipeline">Finds what runs it.</param>
/// <param name="profiles">The profiles.</param>
internal sealed class ModelExchange(
    AgentConfiguration configuration,
    ActiveModel active,
    Func<VideoPipeline> pipeline,
    ProfileController profiles
)
{
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

    /// <summary>Warms a model at the sizes in use, swaps it in between two frames, and lets the one before go once its last frame is done.</summary>
    /// <param name="next">The model, checked; disposed of where it is not put to use.</param>
    /// <param name="heldDown">Why all cameras are to have the smallest profile, a sentence for people; null: if they have it, they keep it.</param>
    /// <param name="swapped">Done by the inference thread together with the swap; must not block.</param>
    /// <exception cref="ModelException">It has other labels, does not take a size that is configured, or fails at one in use; the one before goes on.</exception>
    /// <exception cref="DocumentRejectedException">It does not take a size that a document asks for; the one before goes on.</exception>
    /// <exception cref="OperationCanceledException">The agent stops.</exception>
    public async Task ReplaceAsync(LoadedModel next, string? heldDown, Action swapped)
    {
        LoadedModel before;
        try
        {
            RequireSameLabels(next.Detector.Manifest);
            before = await profiles
                .ChangeModelAsync(
                    BookOf(next.Detector.Manifest),
                    heldDown,
                    (sizes, profilesSwapped) => SwapAsync(next, sizes, profilesSwapped + swapped)
                )
                .ConfigureAwait(false);
        }
        catch
        {
            next.Dispose();
            throw;
        }

        before.Dispose();
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
}
