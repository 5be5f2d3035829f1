using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Detection;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Agent.Tests.Footage;

public sealed class CameraCollectorTests
{
    private static readonly FootagePolicyOptions Half = new() { Share = 0.5 };

    [Fact]
    public void Interval_takes_a_frame_every_so_often()
    {
        CollectorFixture fixture = new(
            new()
            {
                Interval = new() { Share = 1, EveryS = 2 },
            }
        );

        List<double> taken = Taken(fixture, FootagePolicy.Interval, frames: 250);

        Assert.Equal(5, taken.Count);
        Assert.All(
            taken.Zip(taken.Skip(1)),
            pair => Assert.InRange(pair.Second - pair.First, 2, 2.05)
        );
    }

    [Fact]
    public void Random_takes_as_many_frames_as_it_should_on_average_and_their_gaps_scatter()
    {
        CollectorFixture fixture = new(
            new()
            {
                Random = new() { Share = 1, EveryS = 10 },
            },
            mbPerDay: 100_000
        );

        List<double> taken = Taken(fixture, FootagePolicy.Random, frames: 250_000);

        // 10,000 s: 1000 frames expected, with a standard deviation of about 32.
        Assert.InRange(taken.Count, 870, 1130);
        double[] gaps = [.. taken.Zip(taken.Skip(1), (from, to) => to - from)];
        Assert.InRange(gaps.Count(gap => gap < 10 * Math.Log(2)) / (double)gaps.Length, 0.42, 0.58);
    }

    [Theory]
    [InlineData(0.55, true)]
    [InlineData(0.45, true)]
    [InlineData(0.65, false)]
    [InlineData(0.35, false)]
    public void Uncertain_takes_frames_with_a_score_near_the_threshold_on_either_side(
        double score,
        bool isTaken
    )
    {
        CollectorFixture fixture = new(
            new()
            {
                Uncertain = new() { Share = 1, Margin = 0.1 },
            }
        );

        FootagePolicy? chosen = fixture.Show(
            CollectorFixture.Object(score: 0.95f),
            CollectorFixture.Object(score: (float)score)
        );

        Assert.Equal(isTaken ? FootagePolicy.Uncertain : null, chosen);
    }

    [Fact]
    public void New_track_takes_the_frame_in_which_it_is_there_first()
    {
        CollectorFixture fixture = new(new() { NewTrack = Half });

        FootagePolicy?[] chosen =
        [
            fixture.Show(),
            fixture.Show(CollectorFixture.Object(track: 3)),
            fixture.Show(CollectorFixture.Object(track: 3)),
            fixture.Show(CollectorFixture.Object(track: 3), CollectorFixture.Object(track: 7)),
            fixture.Show(),
            fixture.Show(CollectorFixture.Object(track: 3)),
        ];

        Assert.Equal(
            [null, FootagePolicy.NewTrack, null, FootagePolicy.NewTrack, null, null],
            chosen
        );
    }

    [Fact]
    public void What_is_new_within_the_gap_is_taken_after_it()
    {
        CollectorFixture fixture = new(new() { NewTrack = Half }, gap: 0.1);
        Assert.NotNull(fixture.Show(CollectorFixture.Object(track: 1)));

        Assert.Null(fixture.Show(CollectorFixture.Object(track: 2)));
        Assert.Null(fixture.Show(CollectorFixture.Object(track: 2)));
        Assert.Equal(FootagePolicy.NewTrack, fixture.Show(CollectorFixture.Object(track: 2)));
    }

    [Theory]
    [InlineData(5, 0.4f, false, true)]
    [InlineData(4, 0.4f, false, false)] // too short to be sure of it
    [InlineData(5, 0.79f, false, false)] // at the border it may just leave
    [InlineData(5, 0.4f, true, false)] // a damaged frame says nothing about the next one
    public void Flicker_takes_the_frame_in_which_a_steady_object_is_missing(
        int run,
        float left,
        bool isDamagedBefore,
        bool isTaken
    )
    {
        CollectorFixture fixture = new(new() { Flicker = Half });
        for (int frame = 0; frame < run; frame++)
        {
            Assert.Null(fixture.Show(CollectorFixture.Object(track: 3, left: left)));
        }

        if (isDamagedBefore)
        {
            Assert.Null(fixture.Show(isDamaged: true));
        }

        // Found, but too weak to be told.
        Assert.Equal(
            isTaken ? FootagePolicy.Flicker : null,
            fixture.Show(CollectorFixture.Object(score: 0.2f, left: left))
        );
        Assert.Null(fixture.Show());
    }

    [Fact]
    public void Rare_classes_are_those_named()
    {
        CollectorFixture fixture = new(
            new()
            {
                RareClass = new() { Share = 1, Classes = ["bus"] },
            }
        );

        Assert.Null(fixture.Show(CollectorFixture.Object(classId: 0)));
        Assert.Equal(FootagePolicy.RareClass, fixture.Show(CollectorFixture.Object(classId: 2)));
    }

    [Fact]
    public void Or_those_that_few_objects_are_of()
    {
        CollectorFixture fixture = new(new() { RareClass = new() { Share = 1 } });
        Assert.Null(fixture.Show(CollectorFixture.Object(classId: 2)));
        for (int frame = 0; frame < 600; frame++)
        {
            Assert.Null(fixture.Show(CollectorFixture.Object(classId: frame % 2)));
        }

        Assert.Equal(FootagePolicy.RareClass, fixture.Show(CollectorFixture.Object(classId: 2)));
    }

    [Fact]
    public void A_damaged_frame_is_never_taken()
    {
        CollectorFixture fixture = new(FootagePoliciesOptions.Defaults);
        CollectRequest request = new(1, 0);
        fixture.Collector.Request = request;

        for (int frame = 0; frame < 100; frame++)
        {
            Assert.Null(
                fixture.Show(isDamaged: true, CollectorFixture.Object(track: frame, score: 0.5f))
            );
        }

        Assert.Equal(FootagePolicy.Command, fixture.Show());
    }

    [Fact]
    public void What_is_asked_for_comes_before_policies_and_shares()
    {
        CollectorFixture fixture = new(new(), gap: 10);
        CollectRequest request = new(frames: 3, gapS: 0.1);
        fixture.Collector.Request = request;

        List<double> taken = Taken(fixture, FootagePolicy.Command, frames: 100);

        Assert.Equal(3, taken.Count);
        Assert.All(
            taken.Zip(taken.Skip(1)),
            pair => Assert.InRange(pair.Second - pair.First, 0.1, 0.13)
        );
    }

    [Fact]
    public void A_policy_without_bytes_leaves_the_frame_to_another_that_wants_it()
    {
        CollectorFixture fixture = new(
            new()
            {
                NewTrack = new() { Share = 0.006 },
                Uncertain = new() { Share = 0.9 },
            }
        );
        FootagePolicy?[] chosen =
        [
            .. Enumerable
                .Range(1, 5)
                .Select(track => fixture.Show(CollectorFixture.Object(track, 0.5f))),
        ];

        Assert.Equal(FootagePolicy.NewTrack, chosen[0]);
        Assert.All(chosen[1..], policy => Assert.Equal(FootagePolicy.Uncertain, policy));
    }

    [Fact]
    public void Whatever_the_frames_no_policy_spends_more_than_its_share_and_an_hour_of_it()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<int>(HoldsShares));
    }

    [Fact]
    public void A_frame_that_is_not_chosen_allocates_nothing()
    {
        CollectorFixture fixture = new(
            FootagePoliciesOptions.Defaults with
            {
                NewTrack = new(),
                Uncertain = new(),
                Flicker = new(),
                Interval = new() { Share = 0.1, EveryS = 1e6 },
                Random = new() { Share = 0.1, EveryS = 1e6 },
            }
        );
        fixture.Show([.. Enumerable.Range(1, 40).Select(track => CollectorFixture.Object(track))]);
        Run(200);

        long before = ThreadAllocations.SoFar();
        int chosen = Run(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, chosen);

        int Run(int frames)
        {
            int chosen = 0;
            for (int frame = 0; frame < frames; frame++)
            {
                fixture.Now += 0.04;
                chosen += fixture.Choose(1) is null ? 0 : 1;
            }

            return chosen;
        }
    }

    private static void HoldsShares(int seed)
    {
        Random random = new(seed);
        FootagePoliciesOptions policies = new()
        {
            Uncertain = new() { Share = random.NextDouble() / 3, Margin = 0.1 },
            NewTrack = new() { Share = random.NextDouble() / 3 },
            Interval = new() { Share = random.NextDouble() / 3, EveryS = 1 },
        };
        const int MbPerDay = 20;
        CollectorFixture fixture = new(policies, mbPerDay: MbPerDay);
        List<(FootagePolicy Policy, double At, long Bytes)> spent = [];
        long track = 0;
        for (int frame = 0; frame < 3000; frame++)
        {
            // Crowded minutes, quiet hours.
            fixture.Now += random.Next(50) == 0 ? random.NextDouble() * 5000 : random.NextDouble();
            long bytes = random.Next(4) == 0 ? 0 : random.Next(1, 400_000);
            if (bytes > 0)
            {
                fixture.Collector.NotePicture(bytes);
            }

            double before = fixture.Now;
            track += random.Next(2);
            FootagePolicy? chosen = fixture.ShowSized(
                bytes,
                CollectorFixture.Object(track, 0.5f + (random.NextSingle() / 2))
            );
            if (chosen is { } policy)
            {
                spent.Add((policy, fixture.Now, bytes));
            }
        }

        Assert.NotEmpty(spent);
        foreach (
            IGrouping<FootagePolicy, (FootagePolicy, double At, long Bytes)> own in spent.GroupBy(
                entry => entry.Policy
            )
        )
        {
            double share = own.Key switch
            {
                FootagePolicy.Uncertain => policies.Uncertain.Share,
                FootagePolicy.NewTrack => policies.NewTrack.Share,
                _ => policies.Interval.Share,
            };
            double rate = share * MbPerDay * (1 << 20) / 86400;

            // At once: an hour's bytes or a picture as they are expected, and what the last one took more than that.
            double burst = Math.Max(rate * TokenBucket.BurstS, 400_000) + 400_000;
            (FootagePolicy, double At, long Bytes)[] list = [.. own];
            for (int from = 0; from < list.Length; from++)
            {
                long sum = 0;
                for (int to = from; to < list.Length; to++)
                {
                    sum += list[to].Bytes;
                    Assert.True(
                        sum <= (rate * (list[to].At - list[from].At)) + burst,
                        $"{own.Key}: {sum} bytes in {list[to].At - list[from].At} s at {rate} a second"
                    );
                }
            }
        }
    }

    private static List<double> Taken(CollectorFixture fixture, FootagePolicy policy, int frames)
    {
        List<double> taken = [];
        for (int frame = 0; frame < frames; frame++)
        {
            if (fixture.Show() is { } chosen)
            {
                Assert.Equal(policy, chosen);
                taken.Add(fixture.Now);
            }
        }

        return taken;
    }
}
