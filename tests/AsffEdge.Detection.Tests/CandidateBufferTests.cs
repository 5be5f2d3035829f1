namespace AsffEdge.Detection.Tests;

public sealed class CandidateBufferTests
{
    [Fact]
    public void It_keeps_the_best_in_the_order_in_which_they_came() =>
        Laws.Hold(random =>
        {
            int capacity = random.Next(1, 12);
            var buffer = new CandidateBuffer(capacity);
            for (int round = 0; round < 2; round++)
            {
                DetectedObject[] offered = Laws.Crowd(random, ties: true);
                buffer.Clear();
                foreach (DetectedObject candidate in offered)
                {
                    buffer.Add(candidate);
                }

                DetectedObject[] expected =
                [
                    .. offered
                        .Index()
                        .OrderByDescending(pair => pair.Item.Score)
                        .Take(capacity)
                        .OrderBy(pair => pair.Index)
                        .Select(pair => pair.Item),
                ];
                Assert.Equal(expected, buffer.Best().ToArray());
            }
        });

    [Fact]
    public void A_capacity_must_be_above_0() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CandidateBuffer(0));
}
