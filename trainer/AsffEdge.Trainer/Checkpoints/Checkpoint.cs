using System.Text.Json;
using AsffEdge.Trainer.Network;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>A network's weights with what is needed to rebuild it, in one safetensors file.</summary>
public static class Checkpoint
{
    private const string Key = "asff-edge.checkpoint";
    private static readonly JsonSerializerOptions Json = new()
    {
        RespectRequiredConstructorParameters = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Writes state and description; a reader never sees half a file.</summary>
    public static void Save(string path, NetworkState state, CheckpointInfo info) =>
        SafetensorsFile.Write(
            path,
            state.Entries.Select(entry =>
                KeyValuePair.Create(
                    entry.Name,
                    new SafeTensor([.. entry.Shape], state.Read(entry.Name))
                )
            ),
            new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(info, Json) }
        );

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, no checkpoint, or does not fit its own description; the message names the file.</exception>
    public static (NetworkState State, CheckpointInfo Info) Load(string path, Device? device = null)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        CheckpointInfo info = Describe(path, file);
        try
        {
            NetworkState state = NetworkState.Create(
                info.Network,
                entry => tensor(file[entry.Name].Values, file[entry.Name].Shape),
                device
            );
            return (state, info);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidDataException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads only what a checkpoint says about itself.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or no checkpoint; the message names the file.</exception>
    public static CheckpointInfo Describe(string path) =>
        Describe(path, SafetensorsFile.Read(path));

    private static CheckpointInfo Describe(string path, SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(Key, out string? json))
        {
            throw new InvalidDataException(
                $"{path}: no checkpoint of asff-train (its metadata has no '{Key}')"
            );
        }

        try
        {
            return JsonSerializer.Deserialize<CheckpointInfo>(json, Json)
                ?? throw new InvalidDataException($"{path}: the description is empty");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
