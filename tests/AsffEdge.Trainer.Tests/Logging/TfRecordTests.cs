using System.Text;
using AsffEdge.Trainer.Logging;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Trainer.Tests.Logging;

/// <summary>The framing against published checksums, and read back.</summary>
public sealed class TfRecordTests
{
    /// <summary>The catalogued check value of CRC-32C, and test vectors of RFC 3720, B.4.</summary>
    [Fact]
    public void Checksums_are_the_published_ones()
    {
        Assert.Equal(0xE3069283u, TfRecord.Crc32C(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, TfRecord.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, TfRecord.Crc32C(Enumerable.Repeat((byte)255, 32).ToArray()));
        Assert.Equal(
            0x46DD794Eu,
            TfRecord.Crc32C([.. Enumerable.Range(0, 32).Select(i => (byte)i)])
        );
        Assert.Equal(0u, TfRecord.Crc32C([]));
    }

    /// <summary>Undoing the mask (subtract, turn back) gives the checksum again.</summary>
    [Fact]
    public void The_mask_can_be_undone() =>
        Prop.ForAll<uint>(crc =>
            {
                uint turned = TfRecord.Mask(crc) - 0xA282EAD8;
                return ((turned >> 17) | (turned << 15)) == crc;
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Records_are_read_back_in_order() =>
        Prop.ForAll<byte[][]>(records =>
            {
                using var stream = new MemoryStream();
                foreach (byte[] record in records)
                {
                    TfRecord.Write(stream, record);
                }

                return EventFileReader
                    .Records(stream.ToArray())
                    .Zip(records, (read, written) => read.SequenceEqual(written))
                    .Count(same => same)
                    .Equals(records.Length);
            })
            .QuickCheckThrowOnFailure();
}
