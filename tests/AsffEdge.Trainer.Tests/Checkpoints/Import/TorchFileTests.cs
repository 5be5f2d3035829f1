using System.IO.Compression;
using AsffEdge.Trainer.Checkpoints.Import;
using AsffEdge.Trainer.Tests.Data;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>What torch.save's formats may hold beyond the golden files, and what they may not.</summary>
public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string At => Path.Combine(_folder.Path, "w.pth");

    /// <summary>Sizes, strides and offsets that lead out of a storage of 6 elements.</summary>
    public static TheoryData<long, long[], long[], string> Outside() =>
        new()
        {
            { 0, [7], [1], "[7] with strides [1] takes elements 0 to 6" },
            { 1, [6], [1], "elements 1 to 6" },
            { 0, [2, 3], [4, 1], "elements 0 to 6" },
            { -1, [2], [1], "elements -1 to 0" },
            { long.MaxValue, [2], [1], "larger than any memory" },
            { 0, [-1], [1], "size that is negative" },
            { 0, [2], [-1], "stride that is negative" },
            { 0, [1L << 33, 1L << 33], [1, 1], "larger than any memory" },
            { 0, [2], [long.MaxValue], "elements 0 to 9223372036854775807" },
            { 0, [3], [long.MaxValue], "larger than any memory" },
            { 0, [2, 3], [3], "2 sizes and 1 strides" },
            { 0, [.. Enumerable.Repeat(1L, 17)], [.. Enumerable.Repeat(1L, 17)], "up to 16" },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Outside))]
    public void A_tensor_outside_of_its_storage_is_refused(
        long offset,
        long[] shape,
        long[] strides,
        string named
    )
    {
        TorchWriter.WriteZip(
            At,
            OneTensor(Storage("FloatStorage", 6), offset, shape, strides),
            [KeyValuePair.Create("0", new byte[24])]
        );
        CheckRefused(named);
    }

    [Fact]
    public void Every_view_reads_what_its_offset_and_strides_say()
    {
        float[] stored = [.. Enumerable.Range(0, 64).Select(i => i * 0.5f)];
        byte[] bytes = [.. stored.SelectMany(BitConverter.GetBytes)];
        Gen<(int Offset, int[] Shape, int[] Strides)> views =
            from shape in Gen.Choose(0, 3).ArrayOf(3)
            from strides in Gen.Choose(0, 9).ArrayOf(3)
            from offset in Gen.Choose(0, 9)
            select (offset, shape, strides);
        Prop.ForAll(
                views.ToArbitrary(),
                view =>
                {
                    TorchWriter.WriteLegacy(
                        At,
                        OneTensor(
                            writer => writer.Storage("FloatStorage", "0", 64, legacy: true),
                            view.Offset,
                            [.. view.Shape.Select(size => (long)size)],
                            [.. view.Strides.Select(stride => (long)stride)]
                        ),
                        ("0", 64, bytes)
                    );
                    List<float> expected = [];
                    for (int i = 0; i < view.Shape[0]; i++)
                    {
                        for (int j = 0; j < view.Shape[1]; j++)
                        {
                            for (int k = 0; k < view.Shape[2]; k++)
                            {
                                expected.Add(
                                    stored[
                                        view.Offset
                                            + (i * view.Strides[0])
                                            + (j * view.Strides[1])
                                            + (k * view.Strides[2])
                                    ]
                                );
                            }
                        }
                    }

                    using TorchRead read = TorchRead.Open(At);
                    return expected.SequenceEqual(
                        Assert.Single(read.State.Tensors).Value.Read(read.File.Open)
                    );
                }
            )
            .Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Repeated_elements_are_not_multiplied_in_memory()
    {
        TorchWriter.WriteZip(
            At,
            OneTensor(Storage("FloatStorage", 1), 0, [1L << 40], [0]),
            [KeyValuePair.Create("0", new byte[4])]
        );
        using TorchRead read = TorchRead.Open(At);
        TorchTensor tensor = Assert.Single(read.State.Tensors).Value;
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            tensor.Read(read.File.Open)
        );
        Assert.Contains("[1099511627776]", error.Message);
    }

    [Fact]
    public void Bfloat16_is_widened_and_storages_of_the_oldest_files_are_parts_of_others()
    {
        byte[] bytes = [0, 0, 0x80, 0x3f, 0x10, 0xc0, 0, 0];
        TorchWriter.WriteLegacy(
            At,
            OneTensor(
                writer =>
                    writer
                        .Op('(')
                        .Text("storage")
                        .Global("torch", "BFloat16Storage")
                        .Text("9")
                        .Text("cpu")
                        .Integer(4)
                        .Op('(')
                        .Text("9.part")
                        .Integer(1)
                        .Integer(2)
                        .Ops("ttQ"),
                0,
                [2],
                [1]
            ),
            ("9", 4, bytes)
        );
        using TorchRead read = TorchRead.Open(At);
        Assert.Equal([1f, -2.25f], Assert.Single(read.State.Tensors).Value.Read(read.File.Open));
    }

    [Fact]
    public void Compressed_entries_are_refused_before_they_are_inflated()
    {
        TorchWriter.WriteZip(
            At,
            OneTensor(Storage("FloatStorage", 25_000_000), 0, [25_000_000], [1]),
            [KeyValuePair.Create("0", new byte[100_000_000])],
            CompressionLevel.Fastest
        );
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckRefused("claim to become");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1_000_000);
    }

    [Fact]
    public void Storages_must_be_there_once_and_of_the_length_that_the_pickle_says()
    {
        byte[] pickle = OneTensor(Storage("FloatStorage", 2), 0, [2], [1]);
        TorchWriter.WriteZip(At, pickle, []);
        CheckRefused("storage '0', which a tensor uses, is not in the file");
        TorchWriter.WriteZip(At, pickle, [KeyValuePair.Create("0", new byte[12])]);
        CheckRefused("has 3 elements; the pickle says 2");
        TorchWriter.WriteZip(At, pickle, [KeyValuePair.Create("0", new byte[7])]);
        CheckRefused("the pickle says 2");
        TorchWriter.WriteZip(
            At,
            pickle,
            [KeyValuePair.Create("0", new byte[8]), KeyValuePair.Create("0", new byte[8])]
        );
        CheckRefused("twice");
        TorchWriter.WriteZip(At, pickle, [KeyValuePair.Create("../0", new byte[8])]);
        CheckRefused("not in the file");

        TorchWriter.WriteLegacy(At, pickle);
        CheckRefused("not in the file");
        TorchWriter.WriteLegacy(At, pickle, ("0", 3, new byte[12]));
        CheckRefused("has 3 elements; the pickle says 2");
        TorchWriter.WriteLegacy(At, pickle, ("0", -2, new byte[8]));
        CheckRefused("the pickle says 2");
        TorchWriter.WriteLegacy(At, pickle, ("0", 2, new byte[7]));
        CheckRefused("leads past the end of the file");
        TorchWriter.WriteLegacy(At, pickle, ("0", 2, new byte[8]), ("0", 2, new byte[8]));
        CheckRefused("twice");
        TorchWriter.WriteLegacy(At, pickle, ("0", 2, new byte[8]), ("1", 2, new byte[8]));
        CheckRefused("no tensor uses: '1'");

        TorchWriter.WriteLegacy(
            At,
            OneTensor(Storage("FloatStorage", long.MaxValue), 0, [2], [1]),
            ("0", long.MaxValue, new byte[8])
        );
        CheckRefused("leads past the end of the file");
    }

    [Fact]
    public void The_largest_dictionary_is_taken_unless_another_is_named()
    {
        PickleWriter pickle = new PickleWriter().Op('}').Op('(');
        pickle.Text("epoch").Integer(3);
        pickle.Text("ema").Ops("}(");
        AddTensor(pickle.Text("module.module.a"));
        pickle.Ops("u").Text("checkpoint").Ops("}(").Text("model").Ops("}(");
        AddTensor(pickle.Text("module.b"));
        AddTensor(pickle.Text("c"));
        pickle.Ops("uu").Text("optimizer").Ops("}(").Integer(0).Ops("}(");
        AddTensor(pickle.Text("momentum"));
        pickle.Ops("uuu");
        TorchWriter.WriteZip(At, pickle.ToArray(), [KeyValuePair.Create("0", new byte[4])]);
        using TorchRead read = TorchRead.Open(At);
        Assert.Equal("checkpoint.model", read.State.Key);
        Assert.Equal(["b", "c"], read.State.Tensors.Select(pair => pair.Key));
        (StateDictionary ema, _) = StateDictionary.Find(read.File.Root, "ema");
        Assert.Equal(["a"], ema.Tensors.Select(pair => pair.Key));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            StateDictionary.Find(read.File.Root, "best")
        );
        Assert.Contains("'ema', 'checkpoint.model', 'optimizer.0'", error.Message);
    }

    [Fact]
    public void What_holds_no_tensors_or_a_name_twice_is_refused()
    {
        TorchWriter.WriteZip(At, new PickleWriter().Integer(7).ToArray(), []);
        CheckRefused("no dictionary with tensors");
        TorchWriter.WriteZip(At, new PickleWriter().Ops("}q\0h\0h\0s").ToArray(), []);
        CheckRefused("no dictionary with tensors");
        PickleWriter pickle = new PickleWriter().Ops("}(");
        AddTensor(pickle.Text("a"));
        AddTensor(pickle.Text("module.a"));
        TorchWriter.WriteZip(At, pickle.Op('u').ToArray(), [KeyValuePair.Create("0", new byte[4])]);
        CheckRefused("'a' twice");
    }

    [Fact]
    public void Other_formats_and_byte_orders_are_refused()
    {
        File.WriteAllBytes(At, new PickleWriter().Integer(7).ToArray());
        CheckRefused("not one that torch.save wrote");
        using (ZipArchive archive = new(File.Create(At), ZipArchiveMode.Create))
        {
            archive.CreateEntry("readme.txt", CompressionLevel.NoCompression).Open().Dispose();
        }

        CheckRefused("0 entries '…/data.pkl'");
        TorchWriter.WriteZip(At, OneTensor(Storage("FloatStorage", 1), 0, [1], [1]), []);
        using (ZipArchive archive = ZipFile.Open(At, ZipArchiveMode.Update))
        {
            using Stream stream = archive
                .CreateEntry("archive/byteorder", CompressionLevel.NoCompression)
                .Open();
            stream.Write("big"u8);
        }

        CheckRefused("big-endian");
    }

    private static Action<PickleWriter> Storage(string type, long count) =>
        writer => writer.Storage(type, "0", count);

    private static void AddTensor(PickleWriter pickle) =>
        pickle.Tensor(Storage("FloatStorage", 1), 0, [1], [1]);

    private static byte[] OneTensor(
        Action<PickleWriter> storage,
        long offset,
        long[] shape,
        long[] strides
    ) =>
        new PickleWriter()
            .Op('}')
            .Text("t")
            .Tensor(storage, offset, shape, strides)
            .Op('s')
            .ToArray();

    private void CheckRefused(string named)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ImportedWeights.Open(At, TinyNetwork.Configuration).Dispose()
        );
        Assert.StartsWith(At, error.Message);
        Assert.Contains(named, error.Message);
    }
}
