using System.Globalization;
using AsffEdge.Trainer.Logging.TensorBoard;
using Google.Protobuf;

namespace AsffEdge.Trainer.Logging;

/// <summary>
/// Scalar curves as a TensorBoard event file, <c>events.out.tfevents.…</c>. A run that is resumed gets a further file: TensorBoard
/// reads all files of a folder as one run.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2";

    private readonly FileStream _stream;
    private readonly TimeProvider _time;

    /// <summary>Starts a new file.</summary>
    /// <param name="folder">The run's folder, which exists.</param>
    /// <param name="time">The clock that events are stamped with.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public EventFile(string folder, TimeProvider time)
    {
        _time = time;
        _stream = Create(folder, time.GetUtcNow().ToUnixTimeSeconds());
        Write(new Event { FileVersion = Version });
        Flush();
    }

    /// <summary>The file's path.</summary>
    public string Path => _stream.Name;

    /// <summary>Adds one event with a value for each tag; on the disk after <see cref="Flush"/>.</summary>
    /// <param name="step">Steps since the start of the training.</param>
    /// <param name="scalars">Tags (<c>group/name</c>) and values.</param>
    public void Add(long step, params ReadOnlySpan<(string Tag, double Value)> scalars)
    {
        var summary = new Summary();
        foreach ((string tag, double value) in scalars)
        {
            summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        }

        Write(new Event { Step = step, Summary = summary });
    }

    /// <summary>Hands everything to the operating system, so that a crash of this process loses nothing before.</summary>
    public void Flush() => _stream.Flush();

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static FileStream Create(string folder, long seconds)
    {
        // Readers order a run's files by name; the counter keeps two runs within a second apart.
        for (int attempt = 0; ; attempt++)
        {
            string path = System.IO.Path.Combine(
                folder,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"events.out.tfevents.{seconds:D10}.asff-train.{attempt}"
                )
            );
            if (!File.Exists(path))
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            }
        }
    }

    private void Write(Event entry)
    {
        entry.WallTime = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        TfRecord.Write(_stream, entry.ToByteArray());
    }
}
