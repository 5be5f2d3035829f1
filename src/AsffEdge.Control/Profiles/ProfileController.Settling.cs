using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <content>What becomes of a change once it is in force, and what is told of it.</content>
public sealed partial class ProfileController
{
    // For so long after a switch the recent figures may still hold frames of the profile before.
    private static readonly TimeSpan FiguresReachBack = TimeSpan.FromSeconds(60);

    /// <summary>Publishes the reported document anew, with the figures of now.</summary>
    public void Report()
    {
        lock (_lock)
        {
            SourceReport report = new(_state, _queue.Pending, _ledger);
            ReportedSource headline = report.Headline;
            Profile[] running = Selection.Current.Profiles;
            _publish(
                new ReportedDocument
                {
                    RevSeen = _ledger.LastSeen,
                    RevApplied = _inForce?.Document.Rev,
                    Source = _inForce?.Source ?? DocumentSource.Local,
                    State = headline.State,
                    Code = headline.Code,
                    Detail = headline.Detail ?? _storeWarning,
                    Cameras = _book
                        .Cameras.Select(
                            (camera, index) => (camera, Describe(index, running[index]))
                        )
                        .ToDictionary(
                            entry => entry.camera,
                            entry => entry.Item2,
                            StringComparer.Ordinal
                        ),
                    LastGood = _state.LastGood?.Document.Rev,
                    LastGoodSource = _state.LastGood?.Source,
                    Sources = report.Sources,
                }
            );
        }
    }

    private ReportedCamera Describe(int index, Profile profile)
    {
        bool isMixed =
            _changed[index] is { } changed && _time.GetElapsedTime(changed) < FiguresReachBack;
        CameraPerformance performance = isMixed ? default : _device.Performance(index);
        bool isAuto = _assignment.Cameras[index] is null;
        bool isHeldDown = _heldDownReason is not null;
        return new ReportedCamera(
            profile.Name,
            profile.Size,
            performance.InferenceMsP50,
            performance.Fps,
            _switched[index]
        )
        {
            Requested =
                isAuto ? ReservedProfile.Auto
                : isHeldDown ? _assignment.Cameras[index]!.Name
                : null,
            Reason =
                isHeldDown ? _heldDownReason
                : isAuto ? _autoReason
                : null,
        };
    }

    private void Watch()
    {
        if (!_state.IsOnTrial)
        {
            StopWatching();
            return;
        }

        SettlingWatch watch = new(
            _inForce?.Document.Policy,
            _assignment,
            _book.Cameras,
            Selection.Current.Change,
            _device,
            _time
        );
        _watch = watch;
        TimeSpan every = watch.Settles < JudgeEvery ? watch.Settles : JudgeEvery;
        _judging.Change(every, every);
    }

    private void StopWatching()
    {
        _watch = null;
        _judging.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Judge()
    {
        if (_watch is { } watch && watch.IsOver(out DocumentFailure? failure))
        {
            _ = ConcludeAsync(watch, failure);
        }
    }

    private async Task ConcludeAsync(SettlingWatch watch, DocumentFailure? failure)
    {
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_watch != watch)
            {
                return; // a newer change has come in force meanwhile, or this is the second call for one end
            }

            lock (_lock)
            {
                StopWatching();
            }

            if (failure is null)
            {
                ProfileLog.Settled(_logger, _inForce!.Source, _inForce.Document.Rev);
                Keep(_state.Settled());
            }
            else
            {
                await FailAsync(failure).ConfigureAwait(false);
            }
        }
        finally
        {
            _oneChange.Release();
        }
    }

    private async Task FailAsync(DocumentFailure failure)
    {
        (string source, DesiredDocument document) = _inForce!;
        ProfileLog.Failed(_logger, source, document.Rev, failure.Code, failure.Detail);
        lock (_lock)
        {
            _ledger.Forget();
        }

        try
        {
            await EnterAsync(_state.Failed(failure), null).ConfigureAwait(false);
        }
        // Not even the local configuration can be run any more: what runs, badly, is better than nothing.
        catch (DocumentRejectedException rejection)
        {
            ProfileLog.NotRolledBack(_logger, rejection.Message);
            Keep(
                _state.Failed(
                    failure with
                    {
                        RolledBack = false,
                        Detail = $"{failure.Detail}; there is no way back: {rejection.Message}",
                    }
                )
            );
        }
    }
}
