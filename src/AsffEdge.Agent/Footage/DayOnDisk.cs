namespace AsffEdge.Agent.Footage;

/// <summary>What a day's folder holds.</summary>
/// <param name="Count">Pictures.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Changed">When something was last added to the folder or removed, as it was when this was found out.</param>
internal readonly record struct DayOnDisk(int Count, long Bytes, DateTime Changed)
{
    /// <summary>Looks.</summary>
    public static DayOnDisk Measure(FootageDay day)
    {
        DateTime changed = ChangeOf(day);
        SortedDictionary<string, long> pictures = day.Pictures();
        return new DayOnDisk(pictures.Count, pictures.Values.Sum(), changed);
    }

    /// <summary>When something was last added to a folder or removed.</summary>
    public static DateTime ChangeOf(FootageDay day) => Directory.GetLastWriteTimeUtc(day.Path);
}
