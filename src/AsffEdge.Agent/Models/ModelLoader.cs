using AsffEdge.Agent.Configuration;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Models;

/// <summary>Opens models as the configuration says, and checks them before anybody uses them.</summary>
internal static class ModelLoader
{
    /// <summary>Opens a file: it must be whole, the one that is wanted, run, and find in its golden picture what it must.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">The SHA-256 it must have; null: any.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="golden">What its golden picture gave, by size; none where it has none.</param>
    /// <exception cref="ModelException">It cannot be used.</exception>
    public static LoadedModel Open(
        string path,
        string? sha256,
        ModelOptions options,
        out IReadOnlyList<GoldenResult> golden
    )
    {
        Detector detector = Detector.Open(
            path,
            new DetectorOptions { Providers = options.Providers, Threads = options.Threads },
            content => ModelCheck.RequireSound(content, sha256)
        );
        try
        {
            golden = ModelCheck.Run(detector, [detector.Manifest.Input.MinSize]);
            return new LoadedModel(detector);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    /// <summary>Opens a model of the store.</summary>
    /// <exception cref="ModelException">It cannot be used.</exception>
    public static LoadedModel Open(ModelStore store, string sha256, ModelOptions options) =>
        Open(store.PathOf(sha256), sha256, options, out _);

    /// <summary>Opens the configured file, by a copy of it in the store: so it is the bytes that were checked that run, whatever becomes of the file.</summary>
    /// <param name="store">The store. Nothing in it is named differently by this.</param>
    /// <param name="options">What is configured.</param>
    /// <param name="storeProblem">Why there is no copy; null: there is.</param>
    /// <exception cref="ModelException">It cannot be used; the message names the configured file.</exception>
    public static LoadedModel OpenConfigured(
        ModelStore store,
        ModelOptions options,
        out string? storeProblem
    )
    {
        ModelContent content = ModelContent.Read(options.Path);
        ModelCheck.RequireSound(content, options.Sha256);
        string path;
        try
        {
            path = store.Add(content);
            storeProblem = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            path = options.Path;
            storeProblem = error.Message;
        }

        try
        {
            return Open(path, content.Sha256, options, out _);
        }
        catch (ModelException error)
        {
            store.Discard(content.Sha256);
            throw new ModelException(
                error.Fault,
                error.Message.Replace(path, options.Path, StringComparison.Ordinal),
                error
            );
        }
    }
}
