using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Detection.Tests;

/// <summary>Runs properties over cases that a seed makes; a failure names the seed.</summary>
internal static class Laws
{
    public static void Hold(Action<Random> law) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => law(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    /// <summary>Objects of a few classes on a small area, so that many overlap; scores from few values tie.</summary>
    public static DetectedObject[] Crowd(Random random, bool ties)
    {
        var objects = new DetectedObject[random.Next(0, 120)];
        for (int i = 0; i < objects.Length; i++)
        {
            float left = random.Next(0, 40);
            float top = random.Next(0, 40);
            var box = new Box(left, top, left + random.Next(1, 30), top + random.Next(1, 30));
            float score = ties ? random.Next(1, 5) / 5f : (i + 1f) / objects.Length;
            objects[i] = new(box, score, 1, random.Next(3), i);
        }

        random.Shuffle(objects);
        return objects;
    }
}
