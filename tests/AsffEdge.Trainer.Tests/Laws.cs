using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Trainer.Tests;

/// <summary>Checks laws on random cases.</summary>
internal static class Laws
{
    /// <summary>Runs <paramref name="law"/> for many seeds; a failing seed is part of the failure's message.</summary>
    public static void Hold(int cases, Action<Random> law) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => law(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(cases));
}
