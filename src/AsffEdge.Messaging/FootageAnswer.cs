namespace AsffEdge.Messaging;

/// <summary>Footage in <see cref="CommandReply"/>.</summary>
/// <param name="Pictures">Pictures.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Days">By camera and day, the newest at most.</param>
/// <param name="DaysLeftOut">How many more there are of those; null: none.</param>
public sealed record FootageAnswer(
    [AtLeast(0)] int Pictures,
    [AtLeast(0)] long Bytes,
    IReadOnlyList<FootageDayAnswer> Days,
    [AtLeast(1)] int? DaysLeftOut
);

/// <summary>A camera's day in <see cref="FootageAnswer"/>.</summary>
/// <param name="Camera">The camera's id.</param>
/// <param name="Day">The day, UTC.</param>
/// <param name="Pictures">Pictures.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record FootageDayAnswer(
    [Id] string Camera,
    [Day] string Day,
    [AtLeast(0)] int Pictures,
    [AtLeast(0)] long Bytes
);
