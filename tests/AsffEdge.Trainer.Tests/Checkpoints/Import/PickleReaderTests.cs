using System.Numerics;
using AsffEdge.Trainer.Checkpoints.Import;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

public sealed class PickleReaderTests
{
    /// <summary>Pickles that ask for more than data, and what the error must name.</summary>
    public static TheoryData<string, string> Hostile() =>
        new()
        {
            // os.system('id') by every opcode that calls, looks up or builds.
            { "cos\nsystem\n(X\u0002\0\0\0idtR", "os.system" },
            { "cposix\nsystem\n(X\u0002\0\0\0idtR", "posix.system" },
            { "cbuiltins\neval\nX\u0002\0\0\0id\u0085R", "builtins.eval" },
            { "c__builtin__\nexec\nX\u0002\0\0\0id\u0085R", "__builtin__.exec" },
            { "\u008c\u0002os\u008c\u0006system\u0093X\u0002\0\0\0id\u0085R", "os.system" },
            { "\u008c\u0008builtins\u008c\u0007getattr\u0093", "builtins.getattr" },
            { "(X\u0002\0\0\0idios\nsystem\n", "os.system" },
            { "(ccollections\nOrderedDict\nX\u0002\0\0\0ido", "collections.OrderedDict" },
            {
                "ccollections\nOrderedDict\n)\u0081",
                "object of collections.OrderedDict (opcode NewObject)"
            },
            {
                "ccollections\nOrderedDict\n)}\u0092",
                "object of collections.OrderedDict (opcode NewObjectWithKeywords)"
            },
            { "\u0082\u0001", "extension registry" },
            { "\u0083\u0001\u0001", "extension registry" },
            { "\u0084\u0001\0\0\0", "extension registry" },
            { "Psystem\n", "persistent id 'system'" },
            { "ctorch\nload\n", "torch.load" },
            { "ctorch._utils\n_rebuild_tensor_v3\n", "torch._utils._rebuild_tensor_v3" },
            { "ctorch\nFloatStorage.__class__\n", "torch.FloatStorage.__class__" },
            { "ctorch.storage\n_load_from_bytes\n", "torch.storage._load_from_bytes" },
            { "cnumpy.core.multiarray\n_reconstruct\n", "numpy.core.multiarray._reconstruct" },
            { "cmodel\nNet\u001b[2J\n", "model.Net?[2J" },
            { "ccollections\nOrderedDict\n}b", "collections.OrderedDict" },
            { "X\u0002\0\0\0id}b", "the string 'id'" },
            { "X\u0002\0\0\0id)R", "the string 'id'" },
            { "ctorch\nFloatStorage\n)R", "calls a value" },
            { "ccollections\nOrderedDict\n((K\u0001K\u0002ttR", "collections.OrderedDict" },
            { "ctorch._utils\n_rebuild_tensor_v2\n(K\u0001K\u0002tR", "_rebuild_tensor_v2" },
        };

    /// <summary>Pickles that are broken, or too much.</summary>
    public static TheoryData<string, string> Broken() =>
        new()
        {
            { "", "ends in the middle" },
            { ".", "empty stack" },
            { "0", "empty stack" },
            { "2", "empty stack" },
            { "R", "empty stack" },
            { "a", "empty stack" },
            { "K\u0001(0", "empty stack" },
            { "K\u0001(\u0085", "empty stack" },
            { "t", "mark" },
            { "u", "mark" },
            { "(K\u0001d", "without a value" },
            { "}(K\u0001u", "without a value" },
            { "]K\u0001K\u0002s", "dictionary" },
            { "}K\u0001a", "list" },
            { "h\u0007", "memo" },
            { "j\u00ff\u00ff\u00ff\u00ff", "memo" },
            { "\u0080\u0006", "protocol 6" },
            { "X\u00ff\u00ff\u00ff\u00ff", "string of 4294967295 bytes" },
            { "X\u00ff\u00ff\u000f\0id", "ends in the middle" },
            {
                "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                "string of 18446744073709551615 bytes"
            },
            { "\u008b\u00ff\u00ff\u00ff\u00ff", "integer of 4294967295 bytes" },
            { "\u008a\u00ff", "ends in the middle" },
            { "I1\n", "opcode 0x49" },
            { "\u008f", "opcode 0x8f" },
            { "c" + new string('a', 5000), "name longer than" },
            { "(K\u0001tQ", "persistent id" },
            { "K\u0001Q", "persistent id" },
        };

    [Fact]
    public void Data_is_read_as_python_wrote_it()
    {
        // pickle.dumps([None, True, False, 1, -2, 300, 2**70, 0.5, 'ä', (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {'k': [1]}], protocol=2)
        object? value = Read(
            "]q\0(N\u0088\u0089K\u0001J\u00fe\u00ff\u00ff\u00ffM\u002c\u0001\u008a\u0009\0\0\0\0\0\0\0\0\u0040G\u003f\u00e0\0\0\0\0\0\0X\u0002\0\0\0\u00c3\u00a4q\u0001"
                + "K\u0001\u0085q\u0002K\u0001K\u0002\u0086q\u0003K\u0001K\u0002K\u0003\u0087q\u0004(K\u0001K\u0002K\u0003K\u0004tq\u0005}q\u0006X\u0001\0\0\0kq\u0007]q\u0008K\u0001ase."
        );
        List<object?> list = Assert.IsType<List<object?>>(value);
        Assert.Equal([null, true, false, 1L, -2L, 300L, BigInteger.One << 70, 0.5, "ä"], list[..9]);
        Assert.Equal([1, 2, 3, 4], list[9..13].Select(item => ((object?[])item!).Length));
        KeyValuePair<object?, object?> entry = Assert.Single(
            Assert.IsType<PickleDictionary>(list[13]).Entries
        );
        Assert.Equal("k", entry.Key);
        Assert.Equal([1L], Assert.IsType<List<object?>>(entry.Value));
    }

    [Fact]
    public void Newer_protocols_and_python_2_strings_are_read()
    {
        Assert.Equal(
            ["key", "key"],
            ReadTexts(
                "\u0080\u0004\u0095\u000d\0\0\0\0\0\0\0]\u0094(\u008c\u0003key\u0094h\u0001e."
            )
        );
        Assert.Equal(["abc", "de"], ReadTexts("]U\u0003abcaT\u0002\0\0\0dea."));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Whatever_would_call_or_look_up_something_is_refused_by_name(
        string program,
        string named
    ) => CheckRefused(program, named);

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_is_broken_is_refused(string program, string named) =>
        CheckRefused(program, named);

    [Fact]
    public void A_list_that_holds_itself_is_read()
    {
        List<object?> list = Assert.IsType<List<object?>>(Read("]q\0h\0a."));
        Assert.Same(list, list[0]);
    }

    [Fact]
    public void An_endless_pickle_is_refused_before_it_fills_the_memory()
    {
        byte[] program = new byte[20_000_000];
        program.AsSpan().Fill((byte)']');
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Read(program));
        Assert.Contains("operations", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100_000_000);
    }

    private static void CheckRefused(string program, string named)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Read(program.EndsWith('.') ? program : program + (program.Length > 0 ? "." : ""))
        );
        Assert.Contains(named, error.Message);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    private static IEnumerable<string> ReadTexts(string program) =>
        Assert.IsType<List<object?>>(Read(program)).Cast<string>();

    private static object? Read(string program) =>
        Read([.. program.Select(character => (byte)character)]);

    private static object? Read(byte[] program)
    {
        using var stream = new MemoryStream(program);
        return new PickleReader(stream, TorchNames.Resolve, new TorchStorages().Load).Read();
    }
}
