using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>The bytes of a pickle, with limits on what one of its operations may take.</summary>
/// <param name="stream">Read up to the pickle's last byte and no further.</param>
internal sealed class PickleInput(Stream stream)
{
    // A pickle of a network of 500 tensors has 60 kB.
    private const long MaxBytes = 64 << 20;
    private const int MaxText = 1 << 20;
    private const int MaxName = 200;

    private long _position;
    private long _opcodeAt;

    public PickleOpcode ReadOpcode()
    {
        _opcodeAt = _position;
        return (PickleOpcode)ReadByte();
    }

    /// <summary>An integer, little-endian, in two's complement: a <c>long</c> where it fits.</summary>
    public object ReadInteger(uint length)
    {
        if (length > byte.MaxValue)
        {
            throw Wrong($"holds an integer of {length} bytes");
        }

        var value = new BigInteger(Read((int)length));
        object result = value;
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            result = (long)value;
        }

        return result;
    }

    public string ReadText(ulong length, Encoding encoding) =>
        length <= MaxText
            ? encoding.GetString(Read((int)length))
            : throw Wrong($"holds a string of {length} bytes; the limit is {MaxText}");

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Read(4));

    public string ReadLine()
    {
        var line = new StringBuilder();
        for (int next = ReadByte(); next != '\n'; next = ReadByte())
        {
            line.Append((char)next);
            if (line.Length > MaxName)
            {
                throw Wrong($"holds a name longer than {MaxName} characters");
            }
        }

        return line.ToString();
    }

    public int ReadByte()
    {
        Advance(1);
        int next = stream.ReadByte();
        return next >= 0 ? next : throw Truncated();
    }

    public byte[] Read(int count)
    {
        Advance(count);
        byte[] bytes = new byte[count];
        return stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count
            ? bytes
            : throw Truncated();
    }

    /// <summary>The error for what the operation at hand does.</summary>
    public InvalidDataException Wrong(string what) =>
        new(
            $"the pickle {what}, at its byte {_opcodeAt}; allowed: tensors, dictionaries, lists, tuples, numbers and strings, "
                + "which is what torch.save(model.state_dict(), …) writes"
        );

    private void Advance(int count)
    {
        _position += count;
        if (_position > MaxBytes)
        {
            throw Wrong($"is longer than {MaxBytes} bytes");
        }
    }

    private InvalidDataException Truncated() =>
        new($"the pickle ends in the middle, at its byte {_position}");
}
