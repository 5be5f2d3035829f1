using AsffEdge.Detection;
using AsffEdge.Trainer.Footage;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Footage;

public sealed class DifferenceHashTests
{
    [Fact]
    public void Reads_what_it_writes() =>
        Laws.Hold(
            100,
            random =>
            {
                ulong[] words = [.. Enumerable.Range(0, 4).Select(_ => (ulong)random.NextInt64())];
                var hash = new DifferenceHash(words[0], words[1], words[2], words[3]);
                var opposite = new DifferenceHash(~words[0], ~words[1], ~words[2], ~words[3]);

                Assert.Equal(hash, DifferenceHash.Parse(hash.ToString()));
                Assert.Equal(64, hash.ToString().Length);
                Assert.Equal(0, hash.Distance(hash));
                Assert.Equal(DifferenceHash.Bits, hash.Distance(opposite));
            }
        );

    [Fact]
    public void Bits_say_where_a_row_becomes_brighter_from_left_to_right()
    {
        // One pixel a cell: row 0 rises all the way, row 1 rises in its last step only, the others are flat.
        using var grey = new Mat(16, 17, MatType.CV_8UC1, Scalar.All(100));
        for (int column = 0; column < 17; column++)
        {
            grey.Set(0, column, (byte)(10 * column));
        }

        grey.Set(1, 16, (byte)101);

        Assert.Equal("ffff0001" + new string('0', 56), DifferenceHash.Of(grey).ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Compression_and_scale_change_few_bits(int seed)
    {
        byte[] fine = TestPack.Jpeg(seed, 640, 480, quality: 95);
        DifferenceHash hash = JpegPicture.Read(fine, out _)!.Value.Hash;

        Assert.InRange(hash.Distance(Read(TestPack.Jpeg(seed, 640, 480, quality: 40))), 0, 10);
        Assert.InRange(hash.Distance(Read(TestPack.Jpeg(seed, 320, 240, quality: 90))), 0, 30);
        Assert.InRange(hash.Distance(Read(TestPack.Jpeg(seed + 1000, 640, 480))), 60, 256);
    }

    private static DifferenceHash Read(byte[] jpeg) => JpegPicture.Read(jpeg, out _)!.Value.Hash;
}
