using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Messaging.Tests;

public sealed class TimestampTests
{
    [Fact]
    public void Times_are_written_in_utc_with_microseconds()
    {
        DateTime time = new DateTime(2026, 11, 23, 4, 18, 27, DateTimeKind.Utc).AddTicks(4123459);

        Span<byte> utf8 = stackalloc byte[Timestamp.Length];
        Assert.Equal(Timestamp.Length, Timestamp.Format(time, utf8));
        Assert.Equal("2026-11-23T04:18:27.412345Z", Encoding.UTF8.GetString(utf8));
    }

    [Fact]
    public void A_written_time_reads_back_to_the_microsecond()
    {
        Gen<long> microseconds = Gen.Choose(0, int.MaxValue)
            .Two()
            .Select(pair => (long)pair.Item1 * 1000 + pair.Item2 % 1000);
        Prop.ForAll(
                microseconds.ToArbitrary(),
                value =>
                {
                    DateTime time = DateTime.UnixEpoch.AddMicroseconds(value);
                    Assert.True(Timestamp.TryParse(Text(time), out DateTime read));
                    Assert.Equal(time, read);
                    Assert.Equal(DateTimeKind.Utc, read.Kind);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("2026-11-23T05:00:00Z", 5)]
    [InlineData("2026-11-23T05:00:00.5Z", 5)]
    [InlineData("2026-11-23T06:00:00+01:00", 5)]
    [InlineData("2026-11-22T23:00:00-06:00", 5)]
    public void Times_are_read_with_any_offset(string text, int hour)
    {
        Assert.True(Timestamp.TryParse(text, out DateTime utc));
        Assert.Equal(hour, utc.Hour);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Z")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T05:00:00")]
    [InlineData("2026-11-23 05:00:00Z")]
    [InlineData("2026-13-23T05:00:00Z")]
    [InlineData("yesterdayZ")]
    public void Anything_else_is_no_time(string text) =>
        Assert.False(Timestamp.TryParse(text, out _));

    private static string Text(DateTime utc)
    {
        Span<byte> utf8 = stackalloc byte[Timestamp.Length];
        return Encoding.UTF8.GetString(utf8[..Timestamp.Format(utc, utf8)]);
    }
}
