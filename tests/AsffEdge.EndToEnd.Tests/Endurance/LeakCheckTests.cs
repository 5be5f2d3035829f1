namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>A soak that cannot fail would be worth nothing: samples of leaking processes are found out, those of sound ones are not.</summary>
public sealed class LeakCheckTests
{
    private const int Samples = 200;
    private readonly Random _random = new(5);

    [Fact]
    public void A_process_that_takes_and_gives_back_is_sound() =>
        Assert.Empty(LeakCheck.Find(Run(_ => Sound())));

    [Fact]
    public void What_a_process_takes_while_it_warms_up_is_no_leak() =>
        Assert.Empty(
            LeakCheck.Find(
                Run(i => Sound() with { ResidentMb = 120 + (Math.Min(i, Samples / 5) * 2) })
            )
        );

    [Fact]
    public void Peaks_now_and_then_are_no_leak() =>
        Assert.Empty(
            LeakCheck.Find(
                Run(i => i % 9 == 0 ? Sound() with { ResidentMb = 400, Threads = 60 } : Sound())
            )
        );

    [Fact]
    public void Memory_that_grows_below_its_own_noise_is_found() =>
        Assert.StartsWith(
            "memory",
            Assert.Single(
                LeakCheck.Find(
                    Run(i =>
                        Sound() with
                        {
                            ResidentMb = 200 + (_random.NextDouble() * 40) + (i * 0.15),
                        }
                    )
                )
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void One_descriptor_lost_in_ten_samples_is_found() =>
        Assert.StartsWith(
            "descriptors",
            Assert.Single(
                LeakCheck.Find(
                    Run(i => Sound() with { Descriptors = 130 + _random.Next(20) + (i / 10) })
                )
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void One_thread_lost_in_forty_samples_is_found() =>
        Assert.StartsWith(
            "threads",
            Assert.Single(LeakCheck.Find(Run(i => Sound() with { Threads = 16 + (i / 40) }))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_pool_that_breathes_is_sound() =>
        Assert.Empty(
            LeakCheck.Find(Run(i => Sound() with { PoolThreads = 5 + Math.Abs((i % 50) - 25) }))
        );

    [Fact]
    public void One_thread_of_the_pool_lost_in_ten_samples_is_found() =>
        Assert.StartsWith(
            "pool threads",
            Assert.Single(LeakCheck.Find(Run(i => Sound() with { PoolThreads = 8 + (i / 10) }))),
            StringComparison.Ordinal
        );

    [Fact]
    public void Children_that_are_left_behind_are_found() =>
        Assert.StartsWith(
            "children",
            Assert.Single(LeakCheck.Find(Run(i => Sound() with { Children = 4 + (i / 40) }))),
            StringComparison.Ordinal
        );

    private static List<ProcessSample> Run(Func<int, ProcessSample> at) =>
        [.. Enumerable.Range(0, Samples).Select(i => at(i) with { Seconds = i * 5 })];

    private ProcessSample Sound() =>
        new(
            0,
            0,
            200 + (_random.NextDouble() * 40),
            130 + _random.Next(20),
            16 + _random.Next(3),
            5 + _random.Next(9),
            4
        );
}
