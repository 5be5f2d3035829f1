namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Tells from what ffmpeg says about its decoder which pictures may be damaged: the one it complained about and all after it up to the next
/// key frame, because they are made from it.
/// </summary>
/// <param name="decoderThreads">Pictures the decoder works on at a time: so far may a complaint be ahead of its picture.</param>
internal sealed class DamageWatch(int decoderThreads)
{
    private const long Long = long.MaxValue / 2;

    private long _picturesSinceError = Long;
    private bool _isNextCorrupt;
    private bool _hadPicture;

    /// <summary>Lines in which the decoder complained.</summary>
    public long Errors { get; private set; }

    /// <summary>Whether the last picture may be damaged.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Takes a line that is about no picture.</summary>
    /// <returns>Whether it is about damage.</returns>
    public bool NoteLine(ReadOnlySpan<byte> line)
    {
        // The one complaint that ffmpeg makes in step with the pictures.
        bool isCorrupt = line.IndexOf("corrupt decoded frame"u8) >= 0;
        if (!isCorrupt && !IsComplaint(line))
        {
            return false;
        }

        Errors++;
        _isNextCorrupt |= isCorrupt;
        _picturesSinceError = 0;
        return true;
    }

    /// <summary>Takes the next picture.</summary>
    /// <param name="isKey">Whether it is made from no other.</param>
    public void NotePicture(bool isKey)
    {
        if (!_hadPicture)
        {
            // A decoder that is let into a running stream complains until the first key frame comes; that harms no picture.
            _picturesSinceError = Long;
            _hadPicture = true;
        }

        bool isRecent = _picturesSinceError <= decoderThreads;
        IsDamaged = _isNextCorrupt || isRecent || (IsDamaged && !isKey);
        _isNextCorrupt = false;
        _picturesSinceError++;
    }

    private static bool IsComplaint(ReadOnlySpan<byte> line) =>
        line.IndexOf("rror while decoding"u8) >= 0
        || line.IndexOf("concealing"u8) >= 0
        || line.IndexOf("decode_slice_header error"u8) >= 0
        || line.IndexOf("Could not find ref"u8) >= 0
        || line.IndexOf("issing reference picture"u8) >= 0
        || line.IndexOf("RTP: missed"u8) >= 0;
}
