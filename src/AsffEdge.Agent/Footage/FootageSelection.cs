namespace AsffEdge.Agent.Footage;

/// <summary>Some of the footage.</summary>
/// <param name="Camera">Of one camera; null: of all.</param>
/// <param name="From">From this day on, UTC; null: from the first.</param>
/// <param name="To">To this day, UTC; null: to the last.</param>
internal sealed record FootageSelection(
    string? Camera = null,
    DateOnly? From = null,
    DateOnly? To = null
)
{
    /// <summary>The days that are meant, by camera and date.</summary>
    public IReadOnlyList<FootageDay> DaysIn(string root) =>
        [
            .. FootageDay
                .All(root)
                .Where(day =>
                    (Camera is null || day.Camera == Camera)
                    && (From is null || day.Date >= From)
                    && (To is null || day.Date <= To)
                ),
        ];
}
