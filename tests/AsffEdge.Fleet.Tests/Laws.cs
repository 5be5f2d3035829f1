using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Fleet.Tests;

/// <summary>Runs properties over cases that a seed makes; a failure names the seed.</summary>
internal static class Laws
{
    public static void Hold(Action<Random> law) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => law(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
}
