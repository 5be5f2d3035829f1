using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

public sealed class DifferenceHashTests
{
    [Fact]
    public void It_is_what_the_format_says_bit_by_bit()
    {
        // 34×32: each pixel of 17×16 is the mean of four.
        using Mat picture = new(32, 34, MatType.CV_8UC3, Scalar.Black);
        Set(row: 0, column: 1); // brighter than its left neighbour: the first bit
        Set(row: 0, column: 16); // the last of the first row
        Set(row: 15, column: 16); // the last of all
        Set(row: 4, column: 0); // darker to its right: none

        Assert.Equal("8001" + new string('0', 56) + "0001", DifferenceHash.Of(picture).ToString());

        void Set(int row, int column) =>
            picture.Rectangle(new Rect(2 * column, 2 * row, 2, 2), Scalar.White, -1);
    }

    [Fact]
    public void Its_text_reads_back_and_other_text_does_not()
    {
        DifferenceHash hash = new(1, 0x8000000000000000, 0xffffffffffffffff, 42);

        Assert.Equal(hash, DifferenceHash.Parse(hash.ToString()));
        Assert.Equal(64, hash.ToString().Length);
        Assert.All(
            [null, "", new string('0', 63), new string('g', 64), " " + new string('0', 63)],
            text => Assert.Null(DifferenceHash.Parse(text))
        );
        Assert.Equal(1 + 1 + 64 + 3, hash.Distance(new DifferenceHash(0, 0, 0, 0)));
    }
}
