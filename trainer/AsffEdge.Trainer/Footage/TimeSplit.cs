using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AsffEdge.Trainer.Footage;

/// <summary>
/// Divides pictures by camera and time. Where a picture goes follows from its camera, its time and the options alone, so footage that comes later moves
/// nothing: what was held out stays held out. Of every so many blocks of a camera one is held out, at a place that a hash draws, so that no hour of the day is always it.
/// </summary>
/// <param name="options">The options.</param>
internal sealed class TimeSplit(SplitOptions options)
{
    private readonly long _block = (long)(options.BlockSeconds * TimeSpan.TicksPerSecond);
    private readonly long _gap = (long)(options.GapSeconds * TimeSpan.TicksPerSecond);
    private readonly HashSet<string> _cameras = [.. options.ValidationCameras];

    /// <summary>Where a picture goes; null: between a block that is held out and one that is not, so nowhere.</summary>
    /// <param name="camera"><c>agent/camera</c>.</param>
    /// <param name="time">Capture time, UTC.</param>
    public DatasetPart? PartOf(string camera, DateTime time)
    {
        if (_cameras.Contains(camera) || IsHeldOut(camera, time.Ticks))
        {
            return DatasetPart.Validation;
        }

        // A block is at least twice the gap, so none fits between the two.
        return IsHeldOut(camera, time.Ticks - _gap) || IsHeldOut(camera, time.Ticks + _gap)
            ? null
            : DatasetPart.Train;
    }

    private bool IsHeldOut(string camera, long ticks)
    {
        if (options.ValidationEvery == 0)
        {
            return false;
        }

        long block = Math.DivRem(ticks, _block).Quotient;
        (long group, long position) = Math.DivRem(block, options.ValidationEvery);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{camera}/{group}"));
        ulong drawn = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        return position == (long)(drawn % (ulong)options.ValidationEvery);
    }
}
