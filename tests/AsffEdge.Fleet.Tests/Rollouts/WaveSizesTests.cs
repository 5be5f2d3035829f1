using System.Globalization;
using AsffEdge.Fleet.Rollouts;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>How a roll-out is cut into waves.</summary>
public sealed class WaveSizesTests
{
    [Theory]
    [InlineData("5%,25%,100%", 1000, "50 200 750")]
    [InlineData("5%,25%", 1000, "50 200 750")]
    [InlineData("5%,25%,100%", 3, "1 2")]
    [InlineData("5%,25%,100%", 1, "1")]
    [InlineData("1,10,100%", 40, "1 9 30")]
    [InlineData("1, 10, 100%", 5, "1 4")]
    [InlineData("10,5%,100%", 1000, "10 40 950")]
    [InlineData("10,5%,100%", 100, "10 90")]
    [InlineData("0.1%,100%", 1000, "1 999")]
    [InlineData("100%", 7, "7")]
    [InlineData("7", 7, "7")]
    [InlineData("33.3%,66.6%", 3, "1 1 1")]
    [InlineData("5%,100%", 0, "")]
    public void Steps_count_from_the_beginning_and_the_rest_comes_last(
        string steps,
        int agents,
        string expected
    )
    {
        Assert.Equal(expected, string.Join(' ', WaveSizes.Parse(steps)!.Of(agents)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5%,")]
    [InlineData("25%,5%")]
    [InlineData("5%,5%")]
    [InlineData("10,1")]
    [InlineData("10,50%,5")]
    [InlineData("0")]
    [InlineData("0%")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("5 %")]
    [InlineData("many")]
    [InlineData("99999999999")]
    public void What_does_not_rise_or_is_no_number_is_refused(string steps)
    {
        Assert.Null(WaveSizes.Parse(steps));
    }

    [Fact]
    public void Everybody_is_in_one_wave_and_each_wave_reaches_its_step() =>
        Laws.Hold(random =>
        {
            int agents = random.Next(0, 3000);
            decimal[] shares =
            [
                .. Enumerable
                    .Range(0, random.Next(1, 6))
                    .Select(_ => random.Next(1, 1001) / 10m)
                    .Distinct()
                    .Order(),
            ];
            string text = string.Join(
                ',',
                shares.Select(share => share.ToString(CultureInfo.InvariantCulture) + "%")
            );

            IReadOnlyList<int> sizes = WaveSizes.Parse(text)!.Of(agents);

            Assert.All(sizes, size => Assert.True(size > 0));
            Assert.Equal(agents, sizes.Sum());
            int[] reached = [.. sizes.Select((_, wave) => sizes.Take(wave + 1).Sum())];
            foreach (decimal share in shares.Where(_ => agents > 0))
            {
                // The wave that ends at this step has reached the share, and not an agent more than it needs.
                Assert.Contains(
                    reached,
                    count => count >= agents * share / 100 && count - 1 < agents * share / 100
                );
            }
        });

    [Fact]
    public void Numbers_are_reached_exactly() =>
        Laws.Hold(random =>
        {
            int agents = random.Next(1, 500);
            int[] numbers =
            [
                .. Enumerable
                    .Range(0, random.Next(1, 6))
                    .Select(_ => random.Next(1, 600))
                    .Distinct()
                    .Order(),
            ];

            IReadOnlyList<int> sizes = WaveSizes.Parse(string.Join(',', numbers))!.Of(agents);

            int[] reached = [.. sizes.Select((_, wave) => sizes.Take(wave + 1).Sum())];
            Assert.Equal(numbers.Where(number => number < agents).Append(agents), reached);
        });
}
