using System.Runtime.InteropServices;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Footage;

/// <content>Whether it can write, and what is said of it.</content>
internal sealed partial class FootageWriter
{
    private bool CanWrite()
    {
        if (_failedAt is { } failed && _time.GetElapsedTime(failed) < RetryAfter)
        {
            return false;
        }

        if (!_isStoreOpen && !Try(Open))
        {
            return false;
        }

        _isBelowFloor = _floor.IsBelow();
        bool wasFull = _isDayFull;
        _isDayFull = !_store.HasRoomToday(_lastBytes);
        if (_isDayFull && !wasFull)
        {
            Log.DayIsFull(_logger, _configuration.Footage.Budget.MbPerDay);
        }

        return !_isBelowFloor && !_isDayFull;
    }

    private void Open()
    {
        IReadOnlyList<StoredFrame> today = _store.Open();
        DateTime now = _time.GetUtcNow().UtcDateTime;
        for (int camera = 0; camera < _recent.Length; camera++)
        {
            string id = _configuration.Cameras[camera].Id;
            StoredFrame[] own = [.. today.Where(frame => frame.Day.Camera == id)];
            foreach (StoredFrame frame in own)
            {
                if (DifferenceHash.Parse(frame.Entry.Dhash) is { } hash)
                {
                    _recent[camera]
                        .Add(
                            FoundObject.ContentOf(
                                hash,
                                frame.Entry.Objects,
                                frame.Entry.Width,
                                frame.Entry.Height
                            )
                        );
                }
            }

            foreach (FootagePolicy policy in Enum.GetValues<FootagePolicy>())
            {
                string name = FootagePolicyName.Of(policy);
                _sink
                    .Cameras[camera]
                    .BucketOf(policy)
                    .Resume(
                        own.Where(frame => frame.Entry.Policy == name)
                            .Sum(frame => frame.Entry.Size),
                        now.TimeOfDay.TotalSeconds
                    );
            }
        }

        _isStoreOpen = true;
        Log.Opened(_logger, Root, _store.Count, _store.Bytes / (double)(1 << 20));
        _store.Tidy();
        _tidiedAt = _time.GetTimestamp();
    }

    /// <summary>Frames that were on their way when it was found that none can be kept, and those somebody asked for.</summary>
    private void Refuse()
    {
        string reason = Problem ?? DayIsFull;
        while (_sink.Ring.Peek(TimeSpan.Zero) is { } frame)
        {
            _lost++;
            frame.Request?.Fail(reason);
            _sink.Cameras[frame.Camera].BucketOf(frame.Policy).Settle(0);
            _sink.Ring.Pop();
        }

        foreach (CameraCollector camera in _sink.Cameras)
        {
            camera.Request?.Fail(reason);
        }
    }

    private void TidyIfDue()
    {
        if (_isTidySoon || _time.GetElapsedTime(_tidiedAt) >= TidyEvery)
        {
            _isTidySoon = false;
            _tidiedAt = _time.GetTimestamp();
            Try(_store.Tidy);
        }
    }

    private bool Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string problem = $"{Root} cannot be written: {error.Message}";
            if (_failure is null)
            {
                Log.Stopped(_logger, problem);
            }

            _failure = problem;
            _failedAt = _time.GetTimestamp();
            _degradations.Raise(HealthCode.FootageStopped, $"no footage is kept: {problem}");
            return false;
        }

        if (_failure is not null)
        {
            (_failure, _failedAt) = (null, null);
            _degradations.Clear(HealthCode.FootageStopped);
            Log.Recovered(_logger);
        }

        return true;
    }

    private string? Problem =>
        _failure
        ?? (
            _isBelowFloor
                ? $"less than footage.budget.min_free_mb ({_configuration.Footage.Budget.MinFreeMb} MiB) is free on the disk"
                : null
        );

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    private void Report() =>
        Volatile.Write(
            ref _status,
            new FootageStatus(
                _store.Count,
                _store.Bytes,
                _store.BytesToday,
                [.. _kept],
                [.. _keptBytes],
                _duplicates,
                _lost + _sink.Missed,
                _store.RemovedForRoom,
                _store.RemovedForAge,
                Problem
            )
        );
}
