using System.Globalization;
using AsffEdge.Fleet.Connection;
using MQTTnet;

namespace AsffEdge.Fleet.Models;

/// <summary>
/// A model's file in retained parts at the broker, for agents that are told to fetch it there. They cost the broker the file's size once,
/// whatever the number of agents, and are removed when this is disposed of.
/// </summary>
internal sealed class ModelChunks : IAsyncDisposable
{
    private const int AtOnce = 16;
    private static readonly TimeSpan RemovedWithin = TimeSpan.FromSeconds(10);

    private readonly FleetConnection _connection;
    private readonly string _sha256;
    private readonly Action<string> _note;
    private int _published;

    private ModelChunks(FleetConnection connection, string sha256, Action<string> note) =>
        (_connection, _sha256, _note) = (connection, sha256, note);

    /// <summary>Publishes a file.</summary>
    /// <param name="connection">The broker.</param>
    /// <param name="model">The file, on this machine.</param>
    /// <param name="chunkBytes">Bytes of a part.</param>
    /// <param name="progress">Told how many bytes the broker has.</param>
    /// <param name="note">Told what a person should know later.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="FleetException">The broker refuses a part, or the file has changed meanwhile.</exception>
    public static async Task<ModelChunks> PublishAsync(
        FleetConnection connection,
        ModelFile model,
        int chunkBytes,
        Action<long> progress,
        Action<string> note,
        CancellationToken ct
    )
    {
        ModelChunks chunks = new(connection, model.Sha256, note);
        try
        {
            await chunks.PublishAsync(model, chunkBytes, progress, ct).ConfigureAwait(false);
            return chunks;
        }
        catch
        {
            await chunks.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes the parts from the broker; what it does not take in time is said, and stays there.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource deadline = new(RemovedWithin);
        try
        {
            await Parallel
                .ForAsync(
                    0,
                    _published,
                    new ParallelOptions
                    {
                        MaxDegreeOfParallelism = AtOnce,
                        CancellationToken = deadline.Token,
                    },
                    async (index, ct) => await PublishAsync(index, [], ct).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or FleetException)
        {
            _note(
                $"not all parts of the model could be removed from the broker; they are retained on {_connection.Topics.ModelChunk(_sha256, "+")}"
            );
        }
    }

    private async Task PublishAsync(
        ModelFile model,
        int chunkBytes,
        Action<long> progress,
        CancellationToken ct
    )
    {
        await using FileStream file = File.OpenRead(model.Path!);
        List<Task> underWay = [];
        long read = 0;
        while (true)
        {
            byte[] chunk = new byte[Math.Min(chunkBytes, model.Size - read)];
            if (chunk.Length == 0)
            {
                break;
            }

            try
            {
                await file.ReadExactlyAsync(chunk, ct).ConfigureAwait(false);
            }
            catch (EndOfStreamException)
            {
                throw new FleetException($"{model.Path} has become shorter meanwhile");
            }

            read += chunk.Length;
            underWay.Add(PublishAsync(_published++, chunk, ct));
            if (underWay.Count == AtOnce)
            {
                await Task.WhenAll(underWay).ConfigureAwait(false);
                underWay.Clear();
                progress(read);
            }
        }

        await Task.WhenAll(underWay).ConfigureAwait(false);
        progress(read);
    }

    private Task PublishAsync(int index, byte[] chunk, CancellationToken ct) =>
        _connection.PublishAsync(
            new MqttApplicationMessage
            {
                Topic = _connection.Topics.ModelChunk(
                    _sha256,
                    index.ToString(CultureInfo.InvariantCulture)
                ),
                PayloadSegment = chunk,
                Retain = true,
            },
            ct
        );
}
