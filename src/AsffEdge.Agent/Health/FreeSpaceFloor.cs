using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Health;

/// <summary>
/// Watches what is free on a disk. Below a floor its last megabytes are for what matters more. Looks once a second at most. Not thread-safe.
/// </summary>
/// <param name="folder">A folder on the disk; need not exist yet.</param>
/// <param name="minFreeMb">The floor in MiB; 0: none.</param>
/// <param name="notice">What is said of it.</param>
/// <param name="degradations">Where it is said that the disk is nearly full.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class FreeSpaceFloor(
    string folder,
    int minFreeMb,
    FloorNotice notice,
    Degradations degradations,
    TimeProvider time,
    ILogger logger
)
{
    private const double Margin = 1.1; // so that it does not come and go with every message
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    private long? _checkedAt;
    private bool _isBelow;

    /// <summary>Whether less than the floor is free. Where that cannot be told, it is not.</summary>
    public bool IsBelow()
    {
        if (minFreeMb > 0 && (_checkedAt is not { } at || time.GetElapsedTime(at) >= CheckEvery))
        {
            _checkedAt = time.GetTimestamp();
            if (SystemMeter.DiskFreeMb(folder) is { } freeMb)
            {
                Judge(freeMb);
            }
        }

        return _isBelow;
    }

    private void Judge(double freeMb)
    {
        bool wasBelow = _isBelow;
        _isBelow = freeMb < (wasBelow ? minFreeMb * Margin : minFreeMb);
        if (_isBelow)
        {
            degradations.Raise(
                notice.Code,
                $"{freeMb} MiB are free on the disk of {folder}, less than {notice.Key} ({minFreeMb}): {notice.Consequence}"
            );
        }

        if (_isBelow && !wasBelow)
        {
            Log.Below(logger, freeMb, folder, notice.Key, minFreeMb, notice.Consequence);
        }
        else if (wasBelow && !_isBelow)
        {
            degradations.Clear(notice.Code);
            Log.Above(logger, freeMb, folder, notice.Purpose);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "{FreeMb} MiB are free on the disk of {Folder}, less than {Key} ({MinFreeMb}): {Consequence}"
        )]
        public static partial void Below(
            ILogger logger,
            double freeMb,
            string folder,
            string key,
            int minFreeMb,
            string consequence
        );

        [LoggerMessage(
            LogLevel.Information,
            "{FreeMb} MiB are free on the disk of {Folder} again: enough to {Purpose}"
        )]
        public static partial void Above(
            ILogger logger,
            double freeMb,
            string folder,
            string purpose
        );
    }
}
