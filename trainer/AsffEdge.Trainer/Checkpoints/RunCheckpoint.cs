using System.Text.Json;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>
/// All that a run needs to go on as if it had never stopped: <c>resume/step-00001234/</c> in the run's folder, with <c>run.json</c> and
/// the trained weights, their average and the optimiser's buffers as safetensors. The folder appears whole or not at all,
/// and only then does the one before go.
/// </summary>
public static class RunCheckpoint
{
    private const string Parent = "resume";
    private const string Prefix = "step-";
    private const string Description = "run.json";

    /// <summary>The newest checkpoint in a run's folder; null where there is none.</summary>
    public static string? Find(string output) =>
        All(output).Order(StringComparer.Ordinal).LastOrDefault();

    /// <summary>What a checkpoint says about its run.</summary>
    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <exception cref="InvalidDataException">It is damaged or of another version; the message names the file.</exception>
    public static RunDescription Describe(string checkpoint)
    {
        string path = Path.Combine(checkpoint, Description);
        try
        {
            using FileStream stream = File.OpenRead(path);
            RunDescription? description = JsonSerializer.Deserialize<RunDescription>(
                stream,
                RunDescription.Json
            );
            return description?.Format == RunDescription.CurrentFormat
                ? description
                : throw new InvalidDataException(
                    $"{path}: format {description?.Format}; this version resumes {RunDescription.CurrentFormat}"
                );
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Saves a run, then removes its older checkpoints.</summary>
    /// <param name="output">The run's folder.</param>
    /// <param name="run">The run, between two steps.</param>
    /// <param name="description">What to say about it.</param>
    /// <exception cref="IOException">It could not be written; the checkpoint before is still there.</exception>
    public static void Save(string output, TrainingRun run, RunDescription description)
    {
        string parent = Path.Combine(output, Parent);
        string folder = Path.Combine(parent, $"{Prefix}{description.Step:D8}");
        // A run has one state after a step: what is there already is the same.
        if (Directory.Exists(folder))
        {
            return;
        }

        Directory.CreateDirectory(parent);
        AtomicFile.WriteFolder(folder, Files(run, description));
        foreach (string other in Directory.GetDirectories(parent).Where(path => path != folder))
        {
            Directory.Delete(other, recursive: true);
        }
    }

    /// <summary>Puts a fresh run of the same configuration into a checkpoint's state.</summary>
    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="run">The run; of no use when this fails.</param>
    /// <exception cref="InvalidDataException">A file is damaged or does not fit the run; the message names it.</exception>
    public static void Restore(string checkpoint, TrainingRun run)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        foreach ((string part, IEnumerable<KeyValuePair<string, Tensor>> tensors) in run.Parts)
        {
            string path = TensorFile(checkpoint, part);
            SafetensorsFile file = Read(path);
            foreach ((string name, Tensor target) in tensors)
            {
                if (!file.Contains(name) || !file[name].Shape.SequenceEqual(target.shape))
                {
                    throw new InvalidDataException(
                        $"{path}: has no '{name}' of shape [{string.Join(", ", target.shape)}]"
                    );
                }

                using Tensor saved = tensor(file[name].Values, file[name].Shape);
                target.copy_(saved);
            }
        }

        run.StepsDone = Describe(checkpoint).Step;
    }

    internal static IEnumerable<KeyValuePair<string, Action<Stream>>> Files(
        TrainingRun run,
        RunDescription description
    )
    {
        foreach ((string part, IEnumerable<KeyValuePair<string, Tensor>> tensors) in run.Parts)
        {
            yield return new(
                TensorFile("", part),
                stream =>
                    SafetensorsFile.Write(
                        stream,
                        tensors.Select(pair =>
                            KeyValuePair.Create(
                                pair.Key,
                                new SafeTensor(pair.Value.shape, NetworkState.Read(pair.Value))
                            )
                        )
                    )
            );
        }

        yield return new(
            Description,
            stream => JsonSerializer.Serialize(stream, description, RunDescription.Json)
        );
    }

    private static string TensorFile(string folder, string part) =>
        Path.Combine(folder, $"{part}.safetensors");

    private static SafetensorsFile Read(string path)
    {
        try
        {
            return SafetensorsFile.Read(path);
        }
        catch (FileNotFoundException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    private static IEnumerable<string> All(string output)
    {
        string parent = Path.Combine(output, Parent);
        return Directory.Exists(parent)
            ? Directory
                .EnumerateDirectories(parent, $"{Prefix}*")
                .Where(path => !path.EndsWith(".tmp", StringComparison.Ordinal))
            : [];
    }
}
