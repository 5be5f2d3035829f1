using System.Text;

namespace AsffEdge.Detection;

/// <summary>
/// The outermost level of an ONNX file (protobuf message <c>ModelProto</c>): its records by their place, and its metadata. The graph is one of
/// the records and is passed by unread, so that a file of any size costs a few reads.
/// </summary>
internal sealed class OnnxEnvelope
{
    /// <summary>Protobuf, and so ONNX, ends here.</summary>
    public const long LargestFile = int.MaxValue;

    private const int MetadataField = 14;
    private const int LargestMetadata = 1 << 20;
    private const int MostRecords = 10_000;

    // The fields of ModelProto that the format defines; anything else is another kind of file.
    private static readonly HashSet<int> KnownFields = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26];

    private readonly List<OnnxRecord> _records = [];
    private readonly Dictionary<string, (string Value, OnnxRecord Record)> _metadata = new(
        StringComparer.Ordinal
    );

    private OnnxEnvelope() { }

    /// <summary>The records in the order of the file, without a gap.</summary>
    public IReadOnlyList<OnnxRecord> Records => _records;

    /// <summary>The value of a key of <c>metadata_props</c>; null: it is not there.</summary>
    public string? Metadata(string key) =>
        _metadata.TryGetValue(key, out var entry) ? entry.Value : null;

    /// <summary>The record that holds a key of <c>metadata_props</c>; null: it is not there.</summary>
    public OnnxRecord? MetadataRecord(string key) =>
        _metadata.TryGetValue(key, out var entry) ? entry.Record : null;

    /// <summary>Reads the outermost level of a file.</summary>
    /// <param name="file">Can seek; read from its start.</param>
    /// <exception cref="FormatException">It is no ONNX file.</exception>
    /// <exception cref="EndOfStreamException">It ends in the middle of a record.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OnnxEnvelope Read(Stream file)
    {
        OnnxEnvelope envelope = new();
        long length = file.Length;
        file.Position = 0;
        while (file.Position < length)
        {
            OnnxRecord record = envelope.ReadRecord(file, length);
            envelope._records.Add(record);
            if (envelope._records.Count > MostRecords)
            {
                throw new FormatException($"it has more than {MostRecords} records");
            }
        }

        if (!envelope._records.Exists(record => record.Field == 7))
        {
            throw new FormatException("it has no graph");
        }

        return envelope;
    }

    /// <summary>A record of <c>metadata_props</c>.</summary>
    public static byte[] Encode(string key, string value)
    {
        byte[] body =
        [
            .. Delimited(1, Encoding.UTF8.GetBytes(key)),
            .. Delimited(2, Encoding.UTF8.GetBytes(value)),
        ];
        return Delimited(MetadataField, body);
    }

    private OnnxRecord ReadRecord(Stream file, long length)
    {
        long start = file.Position;
        ulong tag = ReadNumber(file);
        int field = (int)Math.Min(tag >> 3, int.MaxValue);
        if (!KnownFields.Contains(field) || (tag & 7) is not (0 or 2))
        {
            throw new FormatException($"what stands at byte {start} is no field of an ONNX model");
        }

        ulong number = ReadNumber(file);
        long body = file.Position;
        if ((tag & 7) == 0)
        {
            return new OnnxRecord(field, start, body, body);
        }

        if (number > (ulong)(length - body))
        {
            throw new EndOfStreamException(
                $"it ends at byte {length} in the middle of a record that goes on to byte {(decimal)body + number}"
            );
        }

        OnnxRecord record = new(field, start, body, body + (long)number);
        if (field == MetadataField)
        {
            ReadMetadata(file, record);
        }

        file.Position = record.End;
        return record;
    }

    private void ReadMetadata(Stream file, OnnxRecord record)
    {
        long size = record.End - record.Body;
        if (size > LargestMetadata)
        {
            throw new FormatException(
                $"an entry of metadata_props has {size} bytes; allowed: up to {LargestMetadata}"
            );
        }

        byte[] body = new byte[size];
        file.ReadExactly(body);
        using MemoryStream entry = new(body);
        string? key = null;
        string value = "";
        while (entry.Position < size)
        {
            ulong tag = ReadNumber(entry);
            ulong length = ReadNumber(entry);
            if (tag is not (0x0A or 0x12) || length > (ulong)(size - entry.Position))
            {
                throw new FormatException(
                    $"the entry of metadata_props at byte {record.Start} is damaged"
                );
            }

            // What is no text becomes one that is not what was sealed.
            string text = Encoding.UTF8.GetString(body.AsSpan((int)entry.Position, (int)length));
            entry.Position += (long)length;
            if (tag == 0x0A)
            {
                key = text;
            }
            else
            {
                value = text;
            }
        }

        if (key is not null && !_metadata.TryAdd(key, (value, record)))
        {
            throw new FormatException($"metadata_props has the key '{key}' twice");
        }
    }

    private static byte[] Delimited(int field, ReadOnlySpan<byte> body)
    {
        using MemoryStream record = new(body.Length + 10);
        WriteNumber(record, ((ulong)field << 3) | 2);
        WriteNumber(record, (ulong)body.Length);
        record.Write(body);
        return record.ToArray();
    }

    private static ulong ReadNumber(Stream file)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = file.ReadByte();
            if (next < 0)
            {
                throw new EndOfStreamException($"it ends at byte {file.Length} in a number");
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("it holds a number of more than 64 bits");
    }

    private static void WriteNumber(Stream file, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            file.WriteByte((byte)(value | 0x80));
        }

        file.WriteByte((byte)value);
    }
}
