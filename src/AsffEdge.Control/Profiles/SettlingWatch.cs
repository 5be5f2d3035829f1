using System.Globalization;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>Watches a document that was just put in force, until it has settled or failed. Thread-safe.</summary>
internal sealed class SettlingWatch
{
    /// <summary>So many failed inferences are no accident. Far below those that end the pipeline.</summary>
    public const int MostFailures = 3;

    private const double DefaultSettleS = 30;

    private readonly DesiredPolicy _policy;
    private readonly ProfileAssignment _assignment;
    private readonly IReadOnlyList<string> _cameras;
    private readonly IDevice _device;
    private readonly TimeProvider _time;
    private readonly CameraCounts[] _before;
    private readonly long _started;
    private int _failures;

    /// <summary>Begins to watch.</summary>
    /// <param name="policy">What it must hold; null: the defaults.</param>
    /// <param name="assignment">What it gives the cameras.</param>
    /// <param name="cameras">The ids of the cameras.</param>
    /// <param name="change">The number of the change by which it came in force, see <see cref="ProfileSelection.Snapshot"/>.</param>
    /// <param name="device">What is watched.</param>
    /// <param name="time">The clock.</param>
    public SettlingWatch(
        DesiredPolicy? policy,
        ProfileAssignment assignment,
        IReadOnlyList<string> cameras,
        long change,
        IDevice device,
        TimeProvider time
    )
    {
        _policy = policy ?? new DesiredPolicy(null, null, null);
        _assignment = assignment;
        _cameras = cameras;
        _device = device;
        _time = time;
        Change = change;
        _before = [.. cameras.Select((_, camera) => device.Counts(camera))];
        _started = time.GetTimestamp();
    }

    /// <summary>The number of the change that is watched.</summary>
    public long Change { get; }

    /// <summary>How long it is watched.</summary>
    public TimeSpan Settles => TimeSpan.FromSeconds(_policy.SettleS ?? DefaultSettleS);

    /// <summary>Why a process of <paramref name="memoryMb"/> MiB takes more than <paramref name="policy"/> allows; null: it does not.</summary>
    public static string? WhyTooLarge(DesiredPolicy? policy, double? memoryMb) =>
        memoryMb > policy?.MaxMemoryMb
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the agent takes {memoryMb:F0} MiB; allowed by 'policy.max_memory_mb': {policy.MaxMemoryMb}"
            )
            : null;

    /// <summary>Counts a failed inference.</summary>
    /// <returns>True the moment there are too many.</returns>
    public bool NoteFailure() => Interlocked.Increment(ref _failures) == MostFailures;

    /// <summary>Judges by what has been seen so far.</summary>
    /// <param name="failure">What is wrong; null: nothing.</param>
    /// <returns>Whether the watch is over.</returns>
    public bool IsOver(out DocumentFailure? failure)
    {
        double seconds = _time.GetElapsedTime(_started).TotalSeconds;
        failure = FindFailure(seconds);
        return failure is not null || seconds >= Settles.TotalSeconds;
    }

    private DocumentFailure? FindFailure(double seconds)
    {
        if (Volatile.Read(ref _failures) >= MostFailures)
        {
            return Failure(
                ResultCode.Failed,
                $"the inference of {MostFailures} frames failed, see the agent's log"
            );
        }

        if (WhyTooLarge(_policy, _device.MemoryMb()) is { } tooLarge)
        {
            return Failure(ResultCode.OutOfMemory, tooLarge);
        }

        return seconds >= Settles.TotalSeconds && WhyTooSlow(seconds) is { } tooSlow
            ? Failure(ResultCode.TooSlow, tooSlow)
            : null;
    }

    private string? WhyTooSlow(double seconds)
    {
        for (int camera = 0; camera < _cameras.Count; camera++)
        {
            // A camera on auto is given what the device manages as it is.
            if (_assignment.Cameras[camera] is not { } profile)
            {
                continue;
            }

            // A profile's own limit is no slowness, and a rate just below it none either.
            double least = Math.Min(
                _policy.MinFps ?? 0,
                0.9 * (profile.MaxFps ?? double.PositiveInfinity)
            );
            CameraCounts now = _device.Counts(camera);
            long delivered = now.Delivered - _before[camera].Delivered;
            long inferred = now.Inferred - _before[camera].Inferred;

            // One frame more, because the time need not hold the last one.
            if (delivered >= least * seconds && inferred + 1 < least * seconds)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{_cameras[camera]}' got {inferred / seconds:F1} frames a second at {profile.Size} and delivered {delivered / seconds:F1}; 'policy.min_fps' is {_policy.MinFps}"
                );
            }
        }

        return null;
    }

    private DocumentFailure Failure(ResultCode code, string detail) =>
        new(code, detail, RolledBack: _policy.Rollback ?? true);
}
