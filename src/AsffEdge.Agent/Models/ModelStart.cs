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
        try
        {
            RequireNotTakenBack(options, store);
            LoadedModel model = ModelLoader.OpenConfigured(store, options, out string? problem);
            return new ModelStart(model, null, problem ?? TryPromote(store, model, time));
        }
        catch (ModelException error)
        {
            if (OpenLast(options, store) is { } last)
            {
                return new ModelStart(last, error.Message, null);
            }

            throw;
        }
    }

    /// <summary>Names a model as the store's current one.</summary>
    /// <returns>Why it could not be; null: it is.</returns>
    public static string? TryPromote(ModelStore store, LoadedModel model, TimeProvider time)
    {
        try
        {
            store.Promote(
                new StoredModel(
                    model.Name.Sha256,
                    model.Name.Name,
                    model.Name.Version,
                    time.GetUtcNow().UtcDateTime
                )
            );
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
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

    private static LoadedModel? OpenLast(ModelOptions options, ModelStore store)
    {
        foreach (string sha256 in store.Candidates())
        {
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
