using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>
/// Reads and writes the safetensors format: an 8-byte little-endian header length, a JSON header, raw little-endian data.
/// Reads floats, integers and booleans of every width as floats; writes F32.
/// </summary>
public sealed class SafetensorsFile
{
    private const long MaxHeaderBytes = 100_000_000;

    private static readonly Dictionary<string, ElementType> Types = new()
    {
        ["F64"] = ElementType.Float64,
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
    };

    private readonly Dictionary<string, SafeTensor> _tensors;

    private SafetensorsFile(
        Dictionary<string, SafeTensor> tensors,
        Dictionary<string, string> metadata
    )
    {
        _tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>Free-form strings of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Tensor names.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The tensor called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public SafeTensor this[string name] =>
        _tensors.TryGetValue(name, out SafeTensor? tensor)
            ? tensor
            : throw new KeyNotFoundException($"there is no tensor '{name}' in the file");

    /// <summary>True when the file holds <paramref name="name"/>.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or holds what this reader does not know; the message names the file and what is wrong.</exception>
    public static SafetensorsFile Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            return Read(stream);
        }
        catch (Exception error)
            when (error
                    is InvalidDataException
                        or EndOfStreamException
                        or JsonException
                        or InvalidOperationException
                        or OverflowException
                        or FormatException
                        or KeyNotFoundException
            )
        {
            throw new InvalidDataException(
                $"{path}: not a readable safetensors file: {error.Message}",
                error
            );
        }
    }

    /// <summary>Writes a file that a reader never sees half of.</summary>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, SafeTensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    ) => AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes the format to a stream.</summary>
    public static void Write(
        Stream stream,
        IEnumerable<KeyValuePair<string, SafeTensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        var header = new JsonObject();
        if (metadata is { Count: > 0 })
        {
            header["__metadata__"] = new JsonObject(
                metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))
            );
        }

        List<KeyValuePair<string, SafeTensor>> ordered = [.. tensors];
        long offset = 0;
        foreach ((string name, SafeTensor tensor) in ordered)
        {
            long end = offset + (tensor.Values.LongLength * sizeof(float));
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        stream.Write(length);
        stream.Write(json);
        foreach ((_, SafeTensor tensor) in ordered)
        {
            stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
        }
    }

    private static SafetensorsFile Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        long length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > MaxHeaderBytes || length > stream.Length - 8)
        {
            throw new InvalidDataException(
                $"the header claims {length} bytes; the file has {stream.Length}"
            );
        }

        byte[] json = new byte[length];
        stream.ReadExactly(json);
        using var header = JsonDocument.Parse(json);
        byte[] data = new byte[stream.Length - 8 - length];
        stream.ReadExactly(data);
        var tensors = new Dictionary<string, SafeTensor>();
        var metadata = new Dictionary<string, string>();
        foreach (JsonProperty property in header.RootElement.EnumerateObject())
        {
            if (property.Name == "__metadata__")
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                {
                    metadata[entry.Name] = entry.Value.GetString() ?? "";
                }
            }
            else
            {
                tensors[property.Name] = ReadTensor(property, data);
            }
        }

        return new SafetensorsFile(tensors, metadata);
    }

    private static SafeTensor ReadTensor(JsonProperty entry, byte[] data)
    {
        string? name = entry.Value.GetProperty("dtype").GetString();
        long[] shape =
        [
            .. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()),
        ];
        long start = entry.Value.GetProperty("data_offsets")[0].GetInt64();
        long end = entry.Value.GetProperty("data_offsets")[1].GetInt64();
        if (name is null || !Types.TryGetValue(name, out ElementType type))
        {
            throw new InvalidDataException(
                $"tensor '{entry.Name}' has dtype {name}; allowed: {string.Join(", ", Types.Keys)}"
            );
        }

        long count = shape.Aggregate(
            1L,
            (product, size) =>
                size < 0
                    ? throw new InvalidDataException(
                        $"tensor '{entry.Name}' has a negative dimension"
                    )
                    : checked(product * size)
        );
        if (start < 0 || end > data.Length || end - start != checked(count * type.Width()))
        {
            throw new InvalidDataException(
                $"tensor '{entry.Name}' of shape [{string.Join(", ", shape)}] claims bytes {start} to {end} of {data.Length}"
            );
        }

        ReadOnlySpan<byte> raw = data.AsSpan((int)start, (int)(end - start));
        float[] values = new float[count];
        type.ToSingle(raw, values);
        return new SafeTensor(shape, values);
    }
}
