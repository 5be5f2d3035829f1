using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <content>How a change is made, one at a time, and undone.</content>
public sealed partial class ProfileController
{
    private async Task WorkAsync()
    {
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            while (TakeWaiting() is { } change)
            {
                await CarryOutAsync(change).ConfigureAwait(false);
            }
        }
        finally
        {
            _oneChange.Release();
        }
    }

    private PendingChange? TakeWaiting()
    {
        lock (_lock)
        {
            return _queue.TakeNext();
        }
    }

    private async Task CarryOutAsync(PendingChange change)
    {
        DesiredState before = _state;
        (string source, DesiredDocument document) = change.Subject;
        try
        {
            bool isNew = await EnterAsync(before.With(source, document), change)
                .ConfigureAwait(false);
            ProfileSelection.Snapshot current = Selection.Current;
            change.Complete(
                isNew
                    ? new CarriedOut(current.Change, null)
                    : new CarriedOut(
                        null,
                        $"stored; the document of '{_inForce?.Source ?? DocumentSource.Local}' stays in force"
                    )
            );
        }
        catch (DocumentRejectedException rejection) when (rejection.Code == ResultCode.Superseded)
        {
            change.Reject(rejection);
        }
        // Nobody need wait for it, so a fault of the device would be lost, and the sender would wait for ever.
        catch (Exception error)
        {
            DocumentRejectedException rejection =
                error as DocumentRejectedException
                ?? new DocumentRejectedException(ResultCode.Failed, error.Message);
            lock (_lock)
            {
                _queue.EndWork();
                _storeWarning = _store.Save(before);
            }

            Reject(source, document.Rev, rejection);
            change.Reject(rejection);
        }
    }

    /// <summary>Makes a state the one that holds, and puts in force what it says.</summary>
    /// <param name="state">The state.</param>
    /// <param name="change">What it is done for; null: a rollback.</param>
    /// <returns>Whether another document, or the local configuration again, came in force.</returns>
    /// <exception cref="DocumentRejectedException">The device cannot run it; nothing has changed but that it may be stored.</exception>
    private async Task<bool> EnterAsync(DesiredState state, PendingChange? change)
    {
        while (true)
        {
            SourcedDocument? wanted = state.InForce;
            if (SourcedDocument.AreSame(wanted, _inForce))
            {
                Keep(state);
                return false;
            }

            ProfileAssignment assignment = AssignmentOf(wanted);

            // Whoever asks for something anew knows what the device has become; what is left to go to does not.
            string? heldDown = change is null ? _heldDownReason : null;
            IReadOnlyList<Profile> profiles = Choose(assignment, heldDown);
            try
            {
                await PrepareAsync(state, profiles, change).ConfigureAwait(false);
            }
            catch (DocumentRejectedException rejection)
                when (wanted is not null && wanted != change?.Subject)
            {
                // Not what was just asked for, but what is left to go to.
                state = state.Failed(
                    new DocumentFailure(rejection.Code, rejection.Message, RolledBack: true)
                );
                continue;
            }

            lock (_lock)
            {
                _inForce = wanted;
                _heldDownReason = heldDown;
                Switch(assignment, profiles, RevisionOf(wanted));
                Keep(state);
                Watch();
            }

            return true;
        }
    }

    private async Task PrepareAsync(
        DesiredState state,
        IReadOnlyList<Profile> profiles,
        PendingChange? change
    )
    {
        if (!Sizes(profiles).All(_warmed.Contains))
        {
            // Before it is tried: should it end the process, the next start knows what it was.
            _store.Save(state);
            await WarmAsync(profiles, change).ConfigureAwait(false);
        }

        ThrowIfOvertaken(change);
        if (
            state.IsOnTrial
            && SettlingWatch.WhyTooLarge(state.InForce?.Document.Policy, _device.MemoryMb())
                is { } tooLarge
        )
        {
            throw new DocumentRejectedException(ResultCode.OutOfMemory, tooLarge);
        }
    }

    private async Task WarmAsync(IReadOnlyList<Profile> profiles, PendingChange? change)
    {
        foreach (int size in Sizes(profiles).Where(size => !_warmed.Contains(size)))
        {
            ThrowIfOvertaken(change);
            await _device.WarmAsync(size).ConfigureAwait(false);
            _warmed.Add(size);
        }
    }

    private void ThrowIfOvertaken(PendingChange? change)
    {
        lock (_lock)
        {
            if (change is not null)
            {
                _queue.ThrowIfOvertaken(change);
            }
        }
    }

    private void Keep(DesiredState state)
    {
        // The local configuration has nothing to show first.
        bool isSettled =
            state.InForce is not { } inForce
            || (state.IsOnTrial && inForce.Document.Policy is { SettleS: 0 });
        lock (_lock)
        {
            _state = isSettled ? state.Settled() : state;
            _queue.EndWork();
            _storeWarning = _store.Save(_state);
        }

        Report();
    }

    private void Switch(
        ProfileAssignment assignment,
        IReadOnlyList<Profile> profiles,
        long revision
    )
    {
        DateTime now = _time.GetUtcNow().UtcDateTime;
        Profile[] before = Selection.Current.Profiles;
        for (int camera = 0; camera < before.Length; camera++)
        {
            if (before[camera] != profiles[camera])
            {
                _switched[camera] = now;
                _changed[camera] = _time.GetTimestamp();
                ProfileLog.Switched(
                    _logger,
                    _book.Cameras[camera],
                    profiles[camera].Name,
                    profiles[camera].Size,
                    revision
                );
            }
        }

        _assignment = assignment;
        Selection.Replace(profiles, revision);
    }
}
