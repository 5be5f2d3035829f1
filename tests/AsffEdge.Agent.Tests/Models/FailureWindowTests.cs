using AsffEdge.Agent.Models;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Models;

public sealed class FailureWindowTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(5, 4, true)]
    [InlineData(5, 5, true)]
    [InlineData(5, 6, false)]
    [InlineData(11, 0, false)]
    public void Three_are_too_many_within_ten_minutes(int first, int second, bool expected)
    {
        FailureWindow window = new(3, TimeSpan.FromMinutes(10), _time);

        Assert.False(window.Note());
        _time.Advance(TimeSpan.FromMinutes(first));
        Assert.False(window.Note());
        _time.Advance(TimeSpan.FromMinutes(second));
        Assert.Equal(expected, window.Note());
    }

    [Fact]
    public void It_goes_by_the_last_ones_and_forgets_what_it_is_told_to()
    {
        FailureWindow window = new(3, TimeSpan.FromMinutes(10), _time);
        for (int k = 0; k < 20; k++)
        {
            Assert.False(window.Note());
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        Assert.False(window.Note()); // 12 minutes from the last but one
        Assert.True(window.Note());
        window.Clear();
        Assert.False(window.Note());
        Assert.False(window.Note());
        Assert.True(window.Note());
    }
}
