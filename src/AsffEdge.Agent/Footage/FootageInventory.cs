namespace AsffEdge.Agent.Footage;

/// <summary>What is on disk, by day. Others may remove pictures at any time, which is seen by <see cref="Renew"/>. Not thread-safe.</summary>
internal sealed class FootageInventory
{
    private readonly Dictionary<FootageDay, DayOnDisk> _days = [];
    private readonly Queue<OldPicture> _oldest = new();

    /// <summary>Pictures.</summary>
    public int Count => _days.Values.Sum(day => day.Count);

    /// <summary>Their bytes.</summary>
    public long Bytes => _days.Values.Sum(day => day.Bytes);

    /// <summary>The days, as they are now.</summary>
    public IReadOnlyList<FootageDay> Days => [.. _days.Keys];

    /// <summary>The picture to go first; null: there is none.</summary>
    public OldPicture? Oldest
    {
        get
        {
            if (_oldest.Count == 0 && _days.Any(day => day.Value.Count > 0))
            {
                FillOldest();
            }

            return _oldest.TryPeek(out OldPicture? oldest) ? oldest : null;
        }
    }

    /// <summary>Forgets everything, to find out anew.</summary>
    public void Clear()
    {
        _days.Clear();
        _oldest.Clear();
    }

    /// <summary>Looks what a day holds.</summary>
    public void Measure(FootageDay day) => _days[day] = DayOnDisk.Measure(day);

    /// <summary>Looks again, where something was added or removed.</summary>
    /// <returns>Whether other pictures are there than were known of.</returns>
    public bool Renew(FootageDay day)
    {
        DayOnDisk known = _days[day];
        if (known.Changed == DayOnDisk.ChangeOf(day))
        {
            return false;
        }

        DayOnDisk now = DayOnDisk.Measure(day);
        _days[day] = now;
        if ((now.Count, now.Bytes) == (known.Count, known.Bytes))
        {
            return false;
        }

        // The queue may hold what is gone.
        _oldest.Clear();
        return true;
    }

    /// <summary>Notes a picture that was written.</summary>
    public void Add(FootageDay day, long bytes)
    {
        DayOnDisk known = _days.GetValueOrDefault(day);
        _days[day] = new DayOnDisk(known.Count + 1, known.Bytes + bytes, known.Changed);
    }

    /// <summary>Removes <see cref="Oldest"/>.</summary>
    /// <returns>Whether its day is one that is known, and how many pictures that has left.</returns>
    public (bool IsKnown, int Left) RemoveOldest()
    {
        OldPicture picture = _oldest.Dequeue();
        try
        {
            File.Delete(picture.Path);
        }
        // Somebody has removed the whole day.
        catch (DirectoryNotFoundException) { }

        if (!_days.TryGetValue(picture.Day, out DayOnDisk known))
        {
            return (false, 0);
        }

        _days[picture.Day] = new DayOnDisk(
            known.Count - 1,
            known.Bytes - picture.Bytes,
            known.Changed
        );
        return (true, known.Count - 1);
    }

    /// <summary>Removes a day that is empty.</summary>
    public void Forget(FootageDay day)
    {
        _days.Remove(day);
        day.Remove();
    }

    private void FillOldest()
    {
        DateOnly date = _days.Where(day => day.Value.Count > 0).Min(day => day.Key.Date);
        foreach (
            OldPicture picture in _days
                .Keys.Where(day => day.Date == date)
                .SelectMany(OldPicture.AllOf)
                .OrderBy(picture => picture.Captured)
        )
        {
            _oldest.Enqueue(picture);
        }
    }
}
