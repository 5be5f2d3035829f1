using AsffEdge.Agent.Health;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Outbox;

/// <summary>
/// Watches what is free on the disk that the outbox is on. Below a floor the last megabytes are for events alone. Looks once a second at
/// most. Not thread-safe.
/// </summary>
/// <param name="folder">A folder on the disk; need not exist yet.</param>
/// <param name="minFreeMb">The floor in MiB; 0: none.</param>
/// <param name="degradations">Where it is said that the disk is nearly full.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class FreeSpaceFloor(
    string folder,
    int minFreeMb,
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
                HealthCode.DiskFloor,
                $"{freeMb} MiB are free on the disk of {folder}, less than mqtt.outbox.min_free_mb ({minFreeMb}): detections are not kept, events still are"
            );
        }

        if (_isBelow && !wasBelow)
        {
            Log.BelowFloor(logger, folder, freeMb, minFreeMb);
        }
        else if (wasBelow && !_isBelow)
        {
            degradations.Clear(HealthCode.DiskFloor);
            Log.AboveFloor(logger, folder, freeMb);
        }
    }
}
