using System.Buffers.Text;
using System.Text;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Reads ffmpeg's standard error: the sizes and times of pictures from the two <c>showinfo</c> filters named
/// <see cref="SourceFilter"/> and <see cref="PictureFilter"/>, and what went wrong. Works on bytes and allocates nothing
/// for a line, however many there are.
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
    private readonly byte[] _kept = new byte[KeptLines * LongestLine];
    private readonly int[] _keptLengths = new int[KeptLines];
    private readonly DamageWatch _damage;
    private int _keptCount;
    private int _length;
    private int _first;
    private int _count;
    private int _sourceWidth;
    private int _sourceHeight;
    private bool _isSourceRead;

    /// <summary>A log of a child whose decoder works on <paramref name="decoderThreads"/> pictures at a time.</summary>
    public FfmpegLog(int decoderThreads) => _damage = new DamageWatch(decoderThreads);

    /// <summary>Lines in which the decoder complained about damage.</summary>
    public long DecodeErrors => _damage.Errors;

    /// <summary>Whether ffmpeg has found that there is no video: it may take long to end after that.</summary>
    public bool HasNoVideo { get; private set; }

    /// <summary>The last lines that are neither about a picture nor about damage, oldest first.</summary>
    public IReadOnlyList<string> Messages =>
        [
            .. Enumerable
                .Range(Math.Max(0, _keptCount - KeptLines), Math.Min(KeptLines, _keptCount))
                .Select(line => line % KeptLines)
                .Select(place =>
                    Encoding.UTF8.GetString(_kept, place * LongestLine, _keptLengths[place])
                ),
        ];

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
        while (!bytes.IsEmpty)
        {
            // Progress output ends its lines with a carriage return only.
            int end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> piece = end < 0 ? bytes : bytes[..end];
            piece = piece[..Math.Min(piece.Length, LongestLine - _length)];
            piece.CopyTo(_line.AsSpan(_length));
            _length += piece.Length;
            if (end < 0)
            {
                return;
            }

            EndLine(_line.AsSpan(0, _length));
            _length = 0;
            bytes = bytes[(end + 1)..];
        }
    }

    private void EndLine(ReadOnlySpan<byte> line)
    {
        bool isNamed = line.StartsWith("[showinfo@"u8);
        bool isPicture = false;
        if (
            line.StartsWith("["u8)
            && TryReadPicture(line, out int width, out int height, out double pts)
        )
        {
            isPicture = true;
            // A message of the decoder's threads that has no end yet takes the line and its name; the two filters take turns.
            bool isSource = isNamed ? line.StartsWith("[showinfo@source"u8) : !_isSourceRead;
            _isSourceRead = isSource;
            if (isSource)
            {
                (_sourceWidth, _sourceHeight) = (width, height);
                _damage.NotePicture(line.IndexOf(" iskey:1"u8) >= 0);
            }
            else
            {
                Announce(width, height, pts);
            }
        }

        // Looked for in every line: the filters end theirs in a second step, before which the decoder may complain. Not kept, because a
        // damaged frame is not why a stream ends.
        bool isComplaint = _damage.NoteLine(line);
        if (isNamed || isPicture || isComplaint || line.Trim((byte)' ').IsEmpty)
        {
            return;
        }

        HasNoVideo |= line.IndexOf("matches no streams"u8) >= 0;
        int place = _keptCount++ % KeptLines;
        line.CopyTo(_kept.AsSpan(place * LongestLine));
        _keptLengths[place] = line.Length;
    }

    private void Announce(int width, int height, double pts)
    {
        if (_count == _pictures.Length)
        {
            throw new FormatException("ffmpeg announced pictures that it did not write");
        }

        _pictures[(_first + _count++) % _pictures.Length] = new PictureHeader(
            _sourceWidth,
            _sourceHeight,
            width,
            height,
            pts,
            _damage.IsDamaged
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
        int time = line.IndexOf(" pts_time:"u8);
        int number = time < 0 ? -1 : line[..time].LastIndexOf("n:"u8);
        int size = number < 0 ? -1 : line[time..].IndexOf(" s:"u8);
        if (size < 0)
        {
            return false;
        }

        if (Utf8Parser.TryParse(line[(time + 10)..], out double seconds, out _))
        {
            pts = seconds;
        }

        ReadOnlySpan<byte> text = line[(time + size + 3)..];
        return Utf8Parser.TryParse(text, out width, out int digits)
            && digits < text.Length
            && text[digits] == (byte)'x'
            && Utf8Parser.TryParse(text[(digits + 1)..], out height, out _)
            && width is > 0 and <= 16384
            && height is > 0 and <= 16384;
    }
}
