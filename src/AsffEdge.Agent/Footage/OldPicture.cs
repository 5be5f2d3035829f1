namespace AsffEdge.Agent.Footage;

/// <summary>A picture that may have to go.</summary>
/// <param name="Day">Where it is.</param>
/// <param name="File">Its name.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record OldPicture(FootageDay Day, string File, long Bytes)
{
    /// <summary>Its file.</summary>
    public string Path => System.IO.Path.Combine(Day.Path, File);

    /// <summary>When it was captured, as its name says; where that is no time, the day's beginning.</summary>
    public DateTime Captured { get; } = FootageDay.CaptureOf(Day.Date, File);

    /// <summary>The pictures of a day.</summary>
    public static IEnumerable<OldPicture> AllOf(FootageDay day) =>
        day.Pictures().Select(picture => new OldPicture(day, picture.Key, picture.Value));
}
