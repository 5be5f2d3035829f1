namespace AsffEdge.Agent.Footage;

/// <summary>
/// The frames that are sent first. The budget removes the oldest, so of the newest none is likely to go while they are on their way, and what
/// has to be lost where there is not enough time for all is what the budget would take.
/// </summary>
internal static class NewestFrames
{
    /// <summary>The newest frames of all cameras.</summary>
    /// <param name="root">The folder of the footage.</param>
    /// <param name="bytes">How much their pictures take at most; a single one may take more.</param>
    /// <returns>By camera and date, each item of one day in order of time.</returns>
    public static IReadOnlyList<IReadOnlyList<StoredFrame>> In(string root, long bytes)
    {
        List<StoredFrame> chosen = [];
        foreach (StoredFrame frame in ByTime(root))
        {
            bytes -= frame.Entry.Size;
            if (bytes < 0 && chosen.Count > 0)
            {
                break;
            }

            chosen.Add(frame);
        }

        return
        [
            .. chosen
                .GroupBy(frame => frame.Day)
                .OrderBy(day => day.Key.Camera, StringComparer.Ordinal)
                .ThenBy(day => day.Key.Date)
                .Select(day => day.Reverse().ToArray()),
        ];
    }

    private static IEnumerable<StoredFrame> ByTime(string root) =>
        FootageDay
            .All(root)
            .GroupBy(day => day.Date)
            .OrderByDescending(date => date.Key)
            .SelectMany(date =>
                date.SelectMany(day => day.Frames())
                    .OrderByDescending(frame => frame.Entry.Captured)
            );
}
