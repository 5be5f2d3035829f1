using System.Buffers.Text;
using System.Text;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Reads ffmpeg's standard error: the sizes and times of pictures from the two <c>showinfo</c> filters named
/// <see cref="SourceFilter"/> and <see cref="PictureFilter"/>, and what went wrong. Works on bytes and allocates nothing
/// for a picture.
/// </summary>
internal sealed class FfmpegLog
{
    /// <summary>The filter instance before scaling.</summary>
    public const string SourceFilter = "showinfo@source";

    /// <summary>The filter instance after scaling, just before the pipe.</summary>
    public const string PictureFilter = "showinfo@picture";

    private const int LongestLine = 2048;
    private const int KeptLines = 12;

    private readonly byte[] _line = new byte[LongestLine];
    private readonly PictureHeader[] _pictures = new PictureHeader[256];
    private readonly Queue<string> _messages = new(KeptLines);
    private int _length;
    private int _first;
    private int _count;
    private int _sourceWidth;
    private int _sourceHeight;

    /// <summary>Lines in which the decoder complained about damage.</summary>
    public long DecodeErrors { get; private set; }

    /// <summary>The last lines that are no picture headers, oldest first.</summary>
    public IReadOnlyCollection<string> Messages => _messages;

    /// <summary>Takes the header of the next picture in the pipe.</summary>
    public bool TryTakePicture(out PictureHeader header)
    {
        if (_count == 0)
        {
            header = default;
            return false;
        }

        header = _pictures[_first];
        _first = (_first + 1) % _pictures.Length;
        _count--;
        return true;
    }

    /// <summary>Takes what was read; lines may arrive in pieces, and overlong ones are cut.</summary>
    /// <exception cref="FormatException">More pictures were announced than a pipe can hold: the log and the pipe are out of step.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            // Progress output ends its lines with a carriage return only.
            if (value is (byte)'\n' or (byte)'\r')
            {
                EndLine(_line.AsSpan(0, _length));
                _length = 0;
            }
            else if (_length < LongestLine)
            {
                _line[_length++] = value;
            }
        }
    }

    private void EndLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("[showinfo@"u8))
        {
            if (TryReadPicture(line, out int width, out int height, out double pts))
            {
                Announce(line.StartsWith("[showinfo@source"u8), width, height, pts);
            }

            return;
        }

        if (line.Trim((byte)' ').IsEmpty)
        {
            return;
        }

        if (IsDecodeError(line))
        {
            // Not kept: a damaged frame is not why a stream ends.
            DecodeErrors++;
            return;
        }

        if (_messages.Count == KeptLines)
        {
            _messages.Dequeue();
        }

        _messages.Enqueue(Encoding.UTF8.GetString(line));
    }

    private void Announce(bool source, int width, int height, double pts)
    {
        if (source)
        {
            (_sourceWidth, _sourceHeight) = (width, height);
            return;
        }

        if (_count == _pictures.Length)
        {
            throw new FormatException("ffmpeg announced pictures that it did not write");
        }

        _pictures[(_first + _count++) % _pictures.Length] = new PictureHeader(
            _sourceWidth,
            _sourceHeight,
            width,
            height,
            pts
        );
    }

    /// <summary>A line such as <c>[showinfo@picture @ 0x…] n:  12 pts:  4500 pts_time:0.05  pos: -1 fmt:bgr24 sar:1/1 s:800x450 i:P …</c>.</summary>
    private static bool TryReadPicture(
        ReadOnlySpan<byte> line,
        out int width,
        out int height,
        out double pts
    )
    {
        (width, height, pts) = (0, 0, double.NaN);
        int number = line.IndexOf("] n:"u8);
        int time = line.IndexOf(" pts_time:"u8);
        int size = line.IndexOf(" s:"u8);
        if (number < 0 || time < number || size < time)
        {
            return false;
        }

        if (Utf8Parser.TryParse(line[(time + 10)..], out double seconds, out _))
        {
            pts = seconds;
        }

        ReadOnlySpan<byte> text = line[(size + 3)..];
        return Utf8Parser.TryParse(text, out width, out int digits)
            && digits < text.Length
            && text[digits] == (byte)'x'
            && Utf8Parser.TryParse(text[(digits + 1)..], out height, out _)
            && width is > 0 and <= 16384
            && height is > 0 and <= 16384;
    }

    private static bool IsDecodeError(ReadOnlySpan<byte> line) =>
        line.IndexOf("rror while decoding"u8) >= 0
        || line.IndexOf("concealing"u8) >= 0
        || line.IndexOf("decode_slice_header error"u8) >= 0
        || line.IndexOf("Could not find ref"u8) >= 0
        || line.IndexOf("corrupt decoded frame"u8) >= 0;
}
