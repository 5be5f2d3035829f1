using AsffEdge.Agent.Configuration;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Models;

/// <summary>The model that an agent starts with: the configured one, or, where that cannot be used, the last good one.</summary>
/// <param name="Model">The model.</param>
/// <param name="Problem">Why it is not the configured one; null where it is.</param>
/// <param name="StoreProblem">Why no copy of it is kept to go on with; null where one is.</param>
internal sealed record ModelStart(LoadedModel Model, string? Problem, string? StoreProblem)
{
    /// <summary>Opens it.</summary>
    /// <exception cref="ModelException">The configured one cannot be used, and there is no good one.</exception>
    public static ModelStart Open(ModelOptions options, ModelStore store, TimeProvider time)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        ModelTrust trust = new(options);
        TryUpdate(store, models => ModelRestart.AfterStart(models, store.Holds, now));
        if (OpenInstead(options, trust, store, now, out string? problem) is { } chosen)
        {
            return new ModelStart(chosen, null, null);
        }

        try
        {
            RequireNotTakenBack(options, store);
            LoadedModel model = ModelLoader.OpenConfigured(
                store,
                options,
                out string? storeProblem
            );
            return new ModelStart(
                model,
                problem,
                storeProblem ?? TryPromote(store, model, isConfigured: true, time)
            );
        }
        catch (ModelException error)
        {
            if (OpenLast(options, trust, store) is { } last)
            {
                return new ModelStart(
                    last,
                    problem is null ? error.Message : $"{problem}; {error.Message}",
                    null
                );
            }

            if (problem is null)
            {
                throw;
            }

            throw new ModelException(error.Fault, $"{error.Message}; and {problem}", error);
        }
    }

    /// <summary>Names a model as the store's current one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="model">The model.</param>
    /// <param name="isConfigured">Whether it is the configured file.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Why it could not be; null: it is.</returns>
    public static string? TryPromote(
        ModelStore store,
        LoadedModel model,
        bool isConfigured,
        TimeProvider time
    )
    {
        try
        {
            store.Promote(
                StoredModel.Of(model.Name, time.GetUtcNow().UtcDateTime) with
                {
                    Configured = isConfigured,
                }
            );
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static void TryUpdate(ModelStore store, Func<StoredModels, StoredModels> change)
    {
        try
        {
            store.Update(change);
        }
        // The disk is full, perhaps: the agent starts nevertheless, and the next start finds what this one did.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Opens the model that a command has put in the place of the configured one.</summary>
    private static LoadedModel? OpenInstead(
        ModelOptions options,
        ModelTrust trust,
        ModelStore store,
        DateTime now,
        out string? problem
    )
    {
        problem = null;
        StoredModels models = store.Models;
        if (
            models is not { InsteadOf: { } configured, Current: { } current }
            || (TryHash(options.Path) ?? configured) != configured
        )
        {
            return null;
        }

        if (trust.WhyNot(current) is { } distrust)
        {
            problem =
                $"{current.Name} {current.Version}, which a command has put to use, may not be used any more: {distrust}";
            TryUpdate(store, models => models.Distrusted(distrust, now));
            return null;
        }

        try
        {
            return ModelLoader.Open(store, current.Sha256, options);
        }
        catch (ModelException error)
        {
            problem =
                $"{current.Name} {current.Version}, which a command has put to use, cannot be used: {error.Message}";
            TryUpdate(store, models => models.TakenBack(current.Sha256, error.Message));
            return null;
        }
    }

    /// <summary>The SHA-256 of a file; null: it is no model that is whole.</summary>
    public static string? TryHash(string path)
    {
        try
        {
            return ModelContent.Read(path).Sha256;
        }
        catch (ModelException)
        {
            return null;
        }
    }

    // Else an agent whose new model ends the process would start with it again and again.
    private static void RequireNotTakenBack(ModelOptions options, ModelStore store)
    {
        IReadOnlyList<RejectedModel> rejected = store.Models.Rejected;
        if (rejected.Count == 0)
        {
            return;
        }

        string sha256 = ModelContent.Read(options.Path).Sha256;
        if (rejected.FirstOrDefault(model => model.Sha256 == sha256) is { } bad)
        {
            throw new ModelException(
                ModelFault.Unsuitable,
                $"model '{options.Path}' was taken back when it ran here ({bad.Why}); expected another file, or the command model.reload to try this one again"
            );
        }
    }

    private static LoadedModel? OpenLast(ModelOptions options, ModelTrust trust, ModelStore store)
    {
        StoredModels models = store.Models;
        foreach (string sha256 in store.Candidates())
        {
            // A file of an index that was lost was signed once, but who knows by whom.
            string? distrust = models.Find(sha256) is { } known
                ? trust.WhyNot(known)
                : trust.WhyNot(sha256, signature: null);
            if (distrust is not null)
            {
                continue;
            }

            try
            {
                return ModelLoader.Open(store, sha256, options);
            }
            // What the owner has to know is what is wrong with the configured file; the next copy may be better.
            catch (ModelException) { }
        }

        return null;
    }
}
