using System.Buffers.Binary;
using System.Text;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>Writes pickles opcode by opcode, as Python's would be, or as nobody's should be.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    public PickleWriter() => Raw(0x80, 2);

    public byte[] ToArray() => [.. _bytes, (byte)'.'];

    public PickleWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleWriter Op(char opcode) => Raw((byte)opcode);

    public PickleWriter Ops(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op('X').Raw(length).Raw(utf8);
    }

    public PickleWriter Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public PickleWriter Global(string module, string name) => Ops($"c{module}\n{name}\n");

    public PickleWriter Tuple(params ReadOnlySpan<long> values)
    {
        Op('(');
        foreach (long value in values)
        {
            Integer(value);
        }

        return Op('t');
    }

    /// <summary>An ordered dictionary, empty.</summary>
    public PickleWriter OrderedDictionary() => Global("collections", "OrderedDict").Ops(")R");

    /// <summary>A persistent id of a storage.</summary>
    public PickleWriter Storage(string type, string key, long count, bool legacy = false) =>
        Op('(')
            .Text("storage")
            .Global("torch", type)
            .Text(key)
            .Text("cpu")
            .Integer(count)
            .Ops(legacy ? "Nt" : "t")
            .Op('Q');

    /// <summary>The call that rebuilds a tensor; <paramref name="storage"/> writes its storage.</summary>
    public PickleWriter Tensor(
        Action<PickleWriter> storage,
        long offset,
        long[] shape,
        long[] strides
    )
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        storage(this);
        return Integer(offset).Tuple(shape).Tuple(strides).Raw(0x89).OrderedDictionary().Ops("tR");
    }
}
