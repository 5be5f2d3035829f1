namespace AsffEdge.Trainer.Comparison;

/// <summary>Whether the new model is better.</summary>
internal enum Verdict
{
    /// <summary>The whole interval of the difference is above 0.</summary>
    Better,

    /// <summary>The interval holds 0, or the models differ in nothing.</summary>
    Equal,

    /// <summary>The whole interval is below 0.</summary>
    Worse,
}

/// <summary>The rule.</summary>
internal static class Verdicts
{
    /// <summary>The rule in words.</summary>
    public const string Rule =
        "better or worse where the whole 95 % interval of the difference of AP (mean over the sizes) is above or below 0, else equal";

    /// <summary>Judges the overall figure.</summary>
    public static Verdict Of(ComparedFigure overall) =>
        overall.Low > 0 ? Verdict.Better
        : overall.High < 0 ? Verdict.Worse
        : Verdict.Equal;

    /// <summary>What the program ends with; 1 and 2 are taken by failures.</summary>
    public static int ExitCode(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Better => 0,
            Verdict.Equal => 3,
            _ => 4,
        };
}
