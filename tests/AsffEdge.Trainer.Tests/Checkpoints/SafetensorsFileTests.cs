using System.Text;
using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Trainer.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _folder = Directory
        .CreateTempSubdirectory("asff-safetensors-")
        .FullName;

    private string File1 => Path.Combine(_folder, "a.safetensors");

    [Fact]
    public void Written_tensors_and_metadata_come_back()
    {
        SafetensorsFile.Write(
            File1,
            [
                KeyValuePair.Create("scalar", new SafeTensor([], [3.5f])),
                KeyValuePair.Create("matrix", new SafeTensor([2, 3], [1, 2, 3, 4, 5, -0f])),
                KeyValuePair.Create("empty", new SafeTensor([0, 4], [])),
            ],
            new Dictionary<string, string> { ["key"] = "ein \"Wert\"" }
        );
        SafetensorsFile file = SafetensorsFile.Read(File1);
        Assert.Equal(["empty", "matrix", "scalar"], file.Names.Order());
        Assert.Equal([1, 2, 3, 4, 5, -0f], file["matrix"].Values);
        Assert.Equal([2, 3], file["matrix"].Shape);
        Assert.Equal([3.5f], file["scalar"].Values);
        Assert.Empty(file["empty"].Values);
        Assert.Equal("ein \"Wert\"", file.Metadata["key"]);
        Assert.Equal([File1], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Half_and_double_tensors_become_floats()
    {
        byte[] half = [.. BitConverter.GetBytes((Half)1.5f), .. BitConverter.GetBytes((Half)(-2f))];
        byte[] doubles = [.. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(-7.25)];
        WriteRaw(
            """{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"d":{"dtype":"F64","shape":[2],"data_offsets":[4,20]}}""",
            [.. half, .. doubles]
        );
        SafetensorsFile file = SafetensorsFile.Read(File1);
        Assert.Equal([1.5f, -2f], file["h"].Values);
        Assert.Equal([0.1f, -7.25f], file["d"].Values);
    }

    [Fact]
    public void Bfloat16_and_integer_tensors_become_floats()
    {
        WriteRaw(
            """{"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"l":{"dtype":"I64","shape":[],"data_offsets":[4,12]},"c":{"dtype":"I8","shape":[1],"data_offsets":[12,13]},"t":{"dtype":"BOOL","shape":[1],"data_offsets":[13,14]}}""",
            [0x80, 0x3f, 0x10, 0xc0, .. BitConverter.GetBytes(-123456L), 0xff, 1]
        );
        SafetensorsFile file = SafetensorsFile.Read(File1);
        Assert.Equal([1f, -2.25f], file["b"].Values);
        Assert.Equal([-123456f], file["l"].Values);
        Assert.Equal([-1f], file["c"].Values);
        Assert.Equal([1f], file["t"].Values);
    }

    [Theory]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""",
        8,
        "claims bytes 0 to 4"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        8,
        "claims bytes 4 to 12 of 8"
    )]
    [InlineData(
        """{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""",
        8,
        "has dtype C64; allowed: F64, F32, F16, BF16, I64"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""",
        8,
        "negative dimension"
    )]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""",
        8,
        "overflow"
    )]
    [InlineData("""{"a":{"shape":[2]}}""", 8, "a.safetensors")]
    [InlineData("[]", 8, "a.safetensors")]
    [InlineData("{", 0, "a.safetensors")]
    public void A_damaged_file_is_named_with_what_is_wrong(
        string header,
        int dataBytes,
        string expected
    )
    {
        WriteRaw(header, new byte[dataBytes]);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            SafetensorsFile.Read(File1)
        );
        Assert.Contains(File1, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Damaged_bytes_give_a_file_or_the_documented_error()
    {
        SafetensorsFile.Write(
            File1,
            [KeyValuePair.Create("a", new SafeTensor([2, 2], [1, 2, 3, 4]))],
            new Dictionary<string, string> { ["k"] = "v" }
        );
        byte[] sound = File.ReadAllBytes(File1);
        var random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. sound];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(
                File1,
                damaged[..random.Next(damaged.Length / 2, damaged.Length + 1)]
            );
            try
            {
                SafetensorsFile.Read(File1);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 2000);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void WriteRaw(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(File1, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }
}
