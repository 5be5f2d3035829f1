using System.Text.Json;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Storage;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Models;

/// <summary>
/// Copies of the models that worked, in <c>models/</c> of the state directory: each file named by its SHA-256, and <c>models.json</c>, which
/// says which is current and which was before. A file is whole before it is named there, and nothing that is named there is ever written to, so
/// that a power cut at any byte leaves a model that works. Copies and not hard links: a file that is overwritten in place would change under
/// its link too. Thread-safe.
/// </summary>
internal sealed class ModelStore(string stateDirectory)
{
    private const string Extension = ".onnx";

    private readonly Lock _lock = new();
    private readonly string _folder = FolderOf(stateDirectory);
    private readonly string _index = Path.Combine(FolderOf(stateDirectory), "models.json");

    /// <summary>Whether the state directory holds a model to go on with where the configured one is missing.</summary>
    public static bool HasModel(string stateDirectory)
    {
        string folder = FolderOf(stateDirectory);
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"*{Extension}").Any();
    }

    /// <summary>What is kept. An index that is missing or cannot be read counts as empty.</summary>
    public StoredModels Models
    {
        get
        {
            lock (_lock)
            {
                return Load();
            }
        }
    }

    /// <summary>Where files lie that are being fetched.</summary>
    public string Incoming => Path.Combine(_folder, "incoming");

    /// <summary>Where the file of a model lies, if it is kept.</summary>
    public string PathOf(string sha256) => Path.Combine(_folder, sha256 + Extension);

    /// <summary>Models to go on with, the best first: current, previous, then what else lies there, newest first. None of them is checked.</summary>
    public IEnumerable<string> Candidates()
    {
        StoredModels models = Models;
        IEnumerable<string> known = ((StoredModel?[])[models.Current, models.Previous])
            .OfType<StoredModel>()
            .Select(model => model.Sha256);
        IEnumerable<string> others = Directory.Exists(_folder)
            ? Directory
                .EnumerateFiles(_folder, $"*{Extension}")
                .OrderByDescending(File.GetLastWriteTimeUtc)
                .Select(file => Path.GetFileNameWithoutExtension(file))
            : [];
        return known
            .Concat(others)
            .Distinct()
            .Except(models.Rejected.Select(model => model.Sha256))
            .Where(sha256 => sha256 != models.Staged?.Sha256)
            .Where(sha256 => File.Exists(PathOf(sha256)));
    }

    /// <summary>Keeps a copy of a file. It is not current by that.</summary>
    /// <returns>The copy's path.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public string Add(ModelContent content)
    {
        string path = PathOf(content.Sha256);
        lock (_lock)
        {
            if (!IsWhole(path, content.Sha256))
            {
                AtomicFile.Write(
                    path,
                    target =>
                    {
                        using FileStream source = File.OpenRead(content.Path);
                        source.CopyTo(target);
                    }
                );
            }
        }

        return path;
    }

    /// <summary>Deletes the copy of a file that turned out to be no good, unless it is named.</summary>
    public void Discard(string sha256)
    {
        lock (_lock)
        {
            StoredModels models = Load();
            if (!Named(models).Contains(sha256))
            {
                File.Delete(PathOf(sha256));
            }
        }
    }

    /// <summary>Names a model that is kept as the current one, and the one before as previous; what is neither is deleted.</summary>
    /// <exception cref="IOException">It could not be written; what was named before still is.</exception>
    public void Promote(StoredModel model) => Update(models => models.Promoted(model));

    /// <summary>Replaces what the index says, in one step.</summary>
    /// <param name="change">Gives what it says then; the same for no change.</param>
    /// <returns>What it says now.</returns>
    /// <exception cref="IOException">It could not be written; what it said before still holds.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public StoredModels Update(Func<StoredModels, StoredModels> change)
    {
        lock (_lock)
        {
            StoredModels before = Load();
            StoredModels after = change(before);
            if (after != before)
            {
                Save(after);
            }

            return after;
        }
    }

    /// <summary>Moves a file that was fetched and checked to where models are kept, and names it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">Its file, on disk to the last byte; null: it is kept already.</param>
    /// <exception cref="IOException">It could not be done.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public void Stage(StagedModel model, string? file)
    {
        lock (_lock)
        {
            if (file is not null)
            {
                // A power cut after this leaves a file that nobody names, which is as good as any other here and goes with the next change.
                File.Move(file, PathOf(model.Sha256), overwrite: true);
            }

            try
            {
                Update(models => models with { Staged = model });
            }
            catch when (file is not null)
            {
                // Nobody would know of it, and it would take the room of what is known.
                Discard(model.Sha256);
                throw;
            }
        }
    }

    /// <summary>Whether the file of a model is kept, whole.</summary>
    public bool Holds(string sha256) => IsWhole(PathOf(sha256), sha256);

    private static string FolderOf(string stateDirectory) => Path.Combine(stateDirectory, "models");

    private static bool IsWhole(string path, string sha256)
    {
        try
        {
            return File.Exists(path) && ModelContent.Read(path).Sha256 == sha256;
        }
        catch (ModelException)
        {
            return false;
        }
    }

    private StoredModels Load()
    {
        try
        {
            return
                File.Exists(_index)
                && JsonSerializer.Deserialize(
                    File.ReadAllBytes(_index),
                    StoredModelsJson.Default.StoredModels
                )
                    is { V: 1 } models
                ? models
                : new StoredModels();
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return new StoredModels();
        }
    }

    private static HashSet<string> Named(StoredModels models) =>
        [
            .. (
                (string?[])[models.Current?.Sha256, models.Previous?.Sha256, models.Staged?.Sha256]
            ).OfType<string>(),
        ];

    private void Save(StoredModels models)
    {
        AtomicFile.Write(
            _index,
            JsonSerializer.SerializeToUtf8Bytes(models, StoredModelsJson.Default.StoredModels)
        );
        if (models.Current is null)
        {
            return; // of an index that was lost, perhaps: what lies there may be all that is left
        }

        HashSet<string> kept = [_index, .. Named(models).Select(PathOf)];
        foreach (
            string file in Directory.EnumerateFiles(_folder).Where(file => !kept.Contains(file))
        )
        {
            File.Delete(file);
        }
    }
}
