using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class ReconnectLadderTests
{
    [Fact]
    public void Waits_grow_from_one_second_to_a_minute_and_stay_there()
    {
        var ladder = new ReconnectLadder(new Random(1));
        int[] nominal =
        [
            .. Enumerable.Repeat(1, 5),
            .. Enumerable.Repeat(5, 5),
            .. Enumerable.Repeat(10, 10),
            .. Enumerable.Repeat(60, 100),
        ];

        double[] waits = [.. nominal.Select(_ => ladder.Next(CameraReason.Refused).TotalSeconds)];

        Assert.All(
            nominal.Zip(waits),
            pair => Assert.InRange(pair.Second, 0.8 * pair.First, 1.2 * pair.First)
        );
        Assert.True(
            waits[20..].Distinct().Count() > 50,
            "cameras that failed together must not come back together"
        );
        ladder.Reset();
        Assert.InRange(ladder.Next(CameraReason.Refused).TotalSeconds, 0.8, 1.2);
    }

    [Fact]
    public void A_wrong_password_waits_a_minute_at_once()
    {
        var ladder = new ReconnectLadder(new Random(1));

        Assert.InRange(ladder.Next(CameraReason.Unauthorised).TotalSeconds, 48, 72);
    }
}
