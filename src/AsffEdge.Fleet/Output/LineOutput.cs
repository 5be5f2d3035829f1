using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;

namespace AsffEdge.Fleet.Output;

/// <summary>
/// Standard output for commands that write lines until they are told to stop. Unlike <see cref="Console.Out"/> it notices that nobody
/// reads any more (<c>| head</c>), which is such a command's ordinary end.
/// </summary>
internal sealed class LineOutput : IDisposable
{
    private const int StandardOutput = 1;

    private readonly StreamWriter _writer;

    /// <summary>Standard output.</summary>
    public LineOutput()
        : this(Open()) { }

    /// <summary>Some other stream, which is closed with it.</summary>
    public LineOutput(Stream stream) => _writer = new StreamWriter(stream, new UTF8Encoding(false));

    /// <summary>Writes a line; false when nobody reads any more.</summary>
    public bool TryWrite(string line)
    {
        try
        {
            _writer.WriteLine(line);
            _writer.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Writes <paramref name="value"/> as a line of JSON; false when nobody reads any more.</summary>
    public bool TryWrite<T>(T value, JsonTypeInfo<T> type) => TryWrite(FleetJson.Line(value, type));

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _writer.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is not wanted.
        }
    }

    private static Stream Open()
    {
        FileStream raw = new(
            new SafeFileHandle(StandardOutput, ownsHandle: false),
            FileAccess.Write,
            bufferSize: 0
        );

        // A file has a reader always, and a FileStream would write at a place of its own in one that others write to as well.
        return raw.CanSeek ? Console.OpenStandardOutput() : raw;
    }
}
