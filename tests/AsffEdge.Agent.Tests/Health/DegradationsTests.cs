using AsffEdge.Agent.Health;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Health;

public sealed class DegradationsTests
{
    private readonly Degradations _board = new();

    [Fact]
    public void What_is_raised_stands_until_it_is_cleared()
    {
        _board.Raise(HealthCode.ProviderFallback, "cuda failed three times; inference is on cpu");

        Assert.Equal(
            [new(HealthCode.ProviderFallback, "cuda failed three times; inference is on cpu")],
            _board.Standing
        );
        _board.Clear(HealthCode.ProviderFallback);
        Assert.Empty(_board.Standing);
        _board.Clear(HealthCode.ProviderFallback);
        Assert.Empty(_board.Standing);
    }

    [Fact]
    public void What_is_raised_again_stands_once_with_the_last_words()
    {
        _board.Raise(HealthCode.DiskFloor, "60 MiB are free");
        _board.Raise(HealthCode.DiskFloor, "50 MiB are free");

        Assert.Equal([new(HealthCode.DiskFloor, "50 MiB are free")], _board.Standing);
    }

    [Fact]
    public void Cameras_stand_each_for_itself()
    {
        _board.Raise(HealthCode.CameraLate, "a", "dock-1");
        _board.Raise(HealthCode.CameraLate, "b", "dock-2");
        _board.Clear(HealthCode.CameraLate, "dock-1");
        _board.Clear(HealthCode.CameraLate);

        Assert.Equal([new(HealthCode.CameraLate, "b", "dock-2")], _board.Standing);
    }

    [Fact]
    public void Every_code_has_an_advice_of_its_own_that_is_a_sentence()
    {
        string[] advice = [.. Enum.GetValues<HealthCode>().Select(HealthAdvice.For)];

        Assert.Equal(advice.Length, advice.Distinct().Count());
        Assert.All(advice, text => Assert.Matches("^[A-Zs].{20,}\\.$", text));
    }
}
