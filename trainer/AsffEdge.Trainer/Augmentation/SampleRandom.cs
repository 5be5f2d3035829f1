namespace AsffEdge.Trainer.Augmentation;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, 2014), one stream a sample and epoch. Whatever worker makes a sample, and in whatever
/// order, it draws the same numbers; <see cref="Random"/> promises no such thing across versions.
/// </summary>
public sealed class SampleRandom
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    public SampleRandom(ulong seed) => _state = seed;

    /// <summary>The stream of one sample in one epoch.</summary>
    public static SampleRandom For(ulong seed, int epoch, int index) =>
        new(Mix(Mix(Mix(seed) + (uint)epoch) + (uint)index));

    /// <summary>Uniform over all 64-bit values.</summary>
    public ulong NextBits() => Mix(_state += Step);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Between(double low, double high) => low + (high - low) * NextUnit();

    /// <summary>Uniform among 0 … <paramref name="count"/> − 1.</summary>
    public int Below(int count) => (int)(NextUnit() * count);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextUnit() < probability;

    /// <summary>Beta(<paramref name="alpha"/>, <paramref name="alpha"/>), for an alpha of 1 or more.</summary>
    public double SymmetricBeta(double alpha)
    {
        double first = Gamma(alpha);
        double second = Gamma(alpha);
        return first / (first + second);
    }

    /// <summary>A shuffled 0 … <paramref name="count"/> − 1 (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int last = count - 1; last > 0; last--)
        {
            int other = Below(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }

    // Marsaglia and Tsang (2000), shape ≥ 1.
    private double Gamma(double shape)
    {
        double d = shape - 1.0 / 3;
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double normal = Normal();
            double root = 1 + c * normal;
            double v = root * root * root;
            if (
                v > 0
                && Math.Log(1 - NextUnit()) < normal * normal / 2 + d - d * v + d * Math.Log(v)
            )
            {
                return d * v;
            }
        }
    }

    // Box and Muller.
    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
