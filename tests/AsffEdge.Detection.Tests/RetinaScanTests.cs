namespace AsffEdge.Detection.Tests;

public sealed class RetinaScanTests
{
    private static readonly HeadShape Shape = new(0, 8, 9, 16, 100, 100)
    {
        Anchors = new AnchorGrid(
            [.. Enumerable.Range(1, 9).Select(i => (float[])[8 * i, 9 * i])],
            8,
            800
        ),
    };

    [Theory]
    [InlineData(-2f)] // nearly every score is good enough: more than the best thousand of a part
    [InlineData(0.5f)]
    [InlineData(2f)] // none is
    public void Several_threads_find_what_one_finds_in_the_same_order(float least)
    {
        float[] head = new float[Shape.Length];
        var random = new Random(5);
        for (int i = 0; i < head.Length; i++)
        {
            // Few values, so that many scores are equal and the order decides which of them are kept.
            head[i] = random.Next(-8, 8) / 8f;
        }

        float threshold = Logits.Sigmoid(least);
        DetectedObject[] alone = Decode(new RetinaDecoder(1), head, threshold);
        var together = new RetinaDecoder(4);
        for (int round = 0; round < 20; round++)
        {
            Assert.Equal(alone, Decode(together, head, threshold));
        }

        Assert.Equal(least < 1 ? RetinaDecoder.MaxCandidates : 0, alone.Length);
    }

    private static DetectedObject[] Decode(RetinaDecoder decoder, float[] head, float threshold)
    {
        CandidateBuffer found = new(2 * RetinaDecoder.MaxCandidates);
        decoder.Decode(head, Shape, threshold, found);
        return found.Best().ToArray();
    }
}
