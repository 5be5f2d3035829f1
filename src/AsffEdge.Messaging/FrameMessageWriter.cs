using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AsffEdge.Messaging;

/// <summary>What is the same in every frame message of a process.</summary>
/// <param name="Agent">The agent's id.</param>
/// <param name="Boot">Random per process.</param>
/// <param name="Labels">Class names by class id.</param>
public sealed record FrameMessageContext(string Agent, string Boot, IReadOnlyList<string> Labels);

/// <summary>The head of one frame message; see <see cref="FrameMessage"/> for the meaning of each field.</summary>
public readonly ref struct FrameHead
{
    /// <summary>The camera's id.</summary>
    public required string Camera { get; init; }

    /// <summary>Counts the camera's connections.</summary>
    public required int Stream { get; init; }

    /// <summary>Counts the camera's inferred frames.</summary>
    public required long Sequence { get; init; }

    /// <summary>Capture time, UTC.</summary>
    public required DateTime TimestampUtc { get; init; }

    /// <summary><c>rtcp</c>, <c>pts</c> or <c>host</c>.</summary>
    public required string TimestampSource { get; init; }

    /// <summary>Width of the camera's picture in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the camera's picture in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>What inferred it.</summary>
    public required FrameModel Model { get; init; }

    /// <summary>Name of the profile.</summary>
    public required string Profile { get; init; }

    /// <summary>Network input size in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Revision of the desired document in force; 0 (the local configuration) is left out.</summary>
    public required long Revision { get; init; }

    /// <summary>Milliseconds from the complete frame to the start of its inference.</summary>
    public required double WaitMs { get; init; }

    /// <summary>Milliseconds of preprocessing.</summary>
    public required double PreprocessMs { get; init; }

    /// <summary>Milliseconds in ONNX Runtime.</summary>
    public required double InferenceMs { get; init; }

    /// <summary>Milliseconds of decoding and NMS.</summary>
    public required double PostprocessMs { get; init; }

    /// <summary>Milliseconds from the complete frame to the result.</summary>
    public required double TotalMs { get; init; }

    /// <summary>Frames decoded but not inferred since the last message.</summary>
    public required int Skipped { get; init; }

    /// <summary>Names of the camera's zones, at most 64, as <see cref="FrameMessageWriter.Encode"/> gives them.</summary>
    public ReadOnlyMemory<JsonEncodedText> Zones { get; init; }
}

/// <summary>One object of a frame message; see <see cref="FrameDetection"/>. Its edges are fractions of the source frame.</summary>
/// <param name="ClassId">The class's index in the labels.</param>
/// <param name="Score">Objectness × class score.</param>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Bottom edge.</param>
/// <param name="Track">Its track's number in this process; 0: none.</param>
/// <param name="Zones">Bit i: it is in the i-th of the head's zones.</param>
public readonly record struct FrameObject(
    int ClassId,
    float Score,
    float Left,
    float Top,
    float Right,
    float Bottom,
    long Track = 0,
    ulong Zones = 0
);

/// <summary>
/// Writes frame messages straight to bytes, without allocating: <see cref="Begin"/>, <see cref="Add"/> for every object, <see cref="End"/>.
/// Not thread-safe: one for each thread that writes.
/// </summary>
public sealed class FrameMessageWriter : IDisposable
{
    // The payload is never embedded in HTML, and the default encoder would turn every non-ASCII label into \u escapes.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly Utf8JsonWriter _json = new(
        Stream.Null,
        new JsonWriterOptions { Encoder = Encoder, SkipValidation = true }
    );

    private readonly JsonEncodedText _agent;
    private readonly JsonEncodedText _boot;
    private readonly JsonEncodedText[] _labels;
    private readonly byte[] _trackPrefix;
    private ReadOnlyMemory<JsonEncodedText> _zones;

    /// <summary>A writer for one process.</summary>
    public FrameMessageWriter(FrameMessageContext context)
    {
        _agent = JsonEncodedText.Encode(context.Agent, Encoder);
        _boot = JsonEncodedText.Encode(context.Boot, Encoder);
        _labels = [.. context.Labels.Select(label => JsonEncodedText.Encode(label, Encoder))];
        _trackPrefix = [.. _boot.EncodedUtf8Bytes, (byte)'-'];
    }

    /// <summary>Names as a message's head wants them.</summary>
    public static JsonEncodedText[] Encode(IEnumerable<string> names) =>
        [.. names.Select(name => JsonEncodedText.Encode(name, Encoder))];

    /// <summary>Starts a message in <paramref name="output"/>.</summary>
    public void Begin(IBufferWriter<byte> output, in FrameHead head)
    {
        _zones = head.Zones;
        Span<byte> time = stackalloc byte[Timestamp.Length];
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteNumber("v"u8, 1);
        _json.WriteString("type"u8, "frame"u8);
        _json.WriteString("agent"u8, _agent);
        _json.WriteString("camera"u8, head.Camera);
        _json.WriteString("boot"u8, _boot);
        _json.WriteNumber("stream"u8, head.Stream);
        _json.WriteNumber("seq"u8, head.Sequence);
        _json.WriteString("ts"u8, time[..Timestamp.Format(head.TimestampUtc, time)]);
        _json.WriteString("ts_source"u8, head.TimestampSource);
        _json.WriteStartObject("frame"u8);
        _json.WriteNumber("width"u8, head.Width);
        _json.WriteNumber("height"u8, head.Height);
        _json.WriteEndObject();
        WriteNetwork(head);
        _json.WriteStartObject("latency_ms"u8);
        WriteMilliseconds("wait"u8, head.WaitMs);
        WriteMilliseconds("preprocess"u8, head.PreprocessMs);
        WriteMilliseconds("inference"u8, head.InferenceMs);
        WriteMilliseconds("postprocess"u8, head.PostprocessMs);
        WriteMilliseconds("total"u8, head.TotalMs);
        _json.WriteEndObject();
        _json.WriteNumber("skipped"u8, head.Skipped);
        _json.WriteBoolean("late"u8, false);
        _json.WriteStartArray("detections"u8);
    }

    /// <summary>
    /// Adds an object. Its edges are clipped to 0..1; an object with a number that is not finite is left out, because JSON has no way to
    /// say it.
    /// </summary>
    public void Add(in FrameObject found)
    {
        if (
            !float.IsFinite(found.Score)
            || !float.IsFinite(found.Left + found.Top + found.Right + found.Bottom)
        )
        {
            return;
        }

        float left = Math.Clamp(found.Left, 0, 1);
        float top = Math.Clamp(found.Top, 0, 1);
        _json.WriteStartObject();
        if ((uint)found.ClassId < (uint)_labels.Length)
        {
            _json.WriteString("class"u8, _labels[found.ClassId]);
        }

        _json.WriteNumber("class_id"u8, found.ClassId);
        _json.WritePropertyName("score"u8);
        WriteFixed(Math.Clamp(found.Score, 0, 1), 3);
        _json.WriteStartArray("box"u8);
        WriteFixed(left, 5);
        WriteFixed(top, 5);
        WriteFixed(Math.Clamp(found.Right, left, 1) - left, 5);
        WriteFixed(Math.Clamp(found.Bottom, top, 1) - top, 5);
        _json.WriteEndArray();
        WriteTrack(found.Track);
        WriteZones(found.Zones);
        _json.WriteEndObject();
    }

    /// <summary>Completes the message: all of it is in the output then.</summary>
    public void End()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteNetwork(in FrameHead head)
    {
        _json.WriteStartObject("net"u8);
        _json.WriteString("profile"u8, head.Profile);
        _json.WriteNumber("size"u8, head.Size);
        _json.WriteString("model"u8, head.Model.EncodedName);
        _json.WriteString("version"u8, head.Model.EncodedVersion);
        _json.WriteString("sha256"u8, head.Model.EncodedSha256);
        _json.WriteString("provider"u8, head.Model.EncodedProvider);
        if (head.Revision > 0)
        {
            _json.WriteNumber("rev"u8, head.Revision);
        }

        _json.WriteEndObject();
    }

    private void WriteTrack(long number)
    {
        if (number > 0)
        {
            Span<byte> id = stackalloc byte[_trackPrefix.Length + 20];
            _trackPrefix.CopyTo(id);
            Utf8Formatter.TryFormat(number, id[_trackPrefix.Length..], out int digits);
            _json.WriteString("track"u8, id[..(_trackPrefix.Length + digits)]);
        }
    }

    private void WriteZones(ulong zones)
    {
        if (zones == 0)
        {
            return;
        }

        _json.WriteStartArray("zones"u8);
        for (int zone = 0; zone < _zones.Length; zone++)
        {
            if ((zones & (1ul << zone)) != 0)
            {
                _json.WriteStringValue(_zones.Span[zone]);
            }
        }

        _json.WriteEndArray();
    }

    private void WriteMilliseconds(ReadOnlySpan<byte> name, double milliseconds)
    {
        if (double.IsFinite(milliseconds))
        {
            _json.WritePropertyName(name);
            WriteFixed(milliseconds, 1);
        }
    }

    private void WriteFixed(double value, byte decimals)
    {
        // Large enough for any finite double: 309 digits, sign, point and decimals.
        Span<byte> digits = stackalloc byte[320];
        Utf8Formatter.TryFormat(value, digits, out int written, new StandardFormat('F', decimals));
        _json.WriteRawValue(digits[..written], skipInputValidation: true);
    }
}
