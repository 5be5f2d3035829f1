using System.Buffers;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>A strided view of a storage; nothing is read before <see cref="Read"/>.</summary>
internal sealed class TorchTensor
{
    private const int MaxDimensions = 16;
    private const int ChunkBytes = 1 << 18;

    private readonly long _first;
    private readonly long _last;
    private readonly long[] _strides;

    /// <summary>Checks that the view stays inside of its storage.</summary>
    /// <param name="storage">Where the elements are.</param>
    /// <param name="offset">Index of the first element in the storage.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <param name="strides">Elements from one index to the next, for each dimension.</param>
    /// <exception cref="InvalidDataException">A size, stride or offset is negative, too large, or leads out of the storage.</exception>
    public TorchTensor(
        TorchStorage storage,
        long offset,
        IReadOnlyList<object?> shape,
        IReadOnlyList<object?> strides
    )
    {
        if (shape.Count > MaxDimensions || strides.Count != shape.Count)
        {
            throw new InvalidDataException(
                $"a tensor has {shape.Count} sizes and {strides.Count} strides; allowed: as many of both, up to {MaxDimensions}"
            );
        }

        Storage = storage;
        Shape = ToIntegers(shape, "size");
        _strides = ToIntegers(strides, "stride");
        _first = offset;
        try
        {
            Count = Shape.Aggregate(1L, (product, size) => checked(product * size));
            _last = offset;
            for (int i = 0; i < Shape.Length; i++)
            {
                _last = checked(_last + ((Shape[i] - 1) * _strides[i]));
            }
        }
        catch (OverflowException error)
        {
            throw new InvalidDataException($"{this} is larger than any memory", error);
        }

        // Torch keeps the sizes of an empty tensor, [0, 3] say, and its strides mean nothing.
        if (offset < 0 || (Count > 0 && _last >= storage.Count))
        {
            throw new InvalidDataException(
                $"{this} with strides [{string.Join(", ", _strides)}] takes elements {offset} to {_last} of storage "
                    + $"'{Printable.Of(storage.Key)}', which has {storage.Count}"
            );
        }
    }

    /// <summary>The storage that holds its elements.</summary>
    public TorchStorage Storage { get; }

    /// <summary>Sizes, outermost first.</summary>
    public long[] Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The values in row-major order.</summary>
    /// <param name="open">Opens a storage at a byte; the stream is read as far as the tensor needs, and closed.</param>
    /// <exception cref="InvalidDataException">The tensor repeats elements so that its values would be more than its storage's.</exception>
    /// <exception cref="EndOfStreamException">The storage is shorter than it says.</exception>
    public float[] Read(Func<TorchStorage, long, Stream> open)
    {
        if (Count == 0)
        {
            return [];
        }

        if (Count > Storage.Count || Storage.Count > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"{this} has more values than its storage, {Storage.Count}, or than an array holds, {Array.MaxLength}"
            );
        }

        float[] range = ReadRange(open);
        return IsContiguous() ? range : Gather(range);
    }

    /// <inheritdoc/>
    public override string ToString() => $"a tensor of shape [{string.Join(", ", Shape)}]";

    private static long[] ToIntegers(IReadOnlyList<object?> values, string what)
    {
        long[] integers = new long[values.Count];
        for (int i = 0; i < integers.Length; i++)
        {
            integers[i] = values[i] is long and >= 0 and var value
                ? value
                : throw new InvalidDataException(
                    $"a tensor has a {what} that is negative or no integer of 64 bits"
                );
        }

        return integers;
    }

    private bool IsContiguous()
    {
        long expected = 1;
        for (int i = Shape.Length - 1; i >= 0; i--)
        {
            if (Shape[i] != 1 && _strides[i] != expected)
            {
                return false;
            }

            expected *= Shape[i];
        }

        return true;
    }

    /// <summary>The elements from the view's first to its last, as they lie in the storage.</summary>
    private float[] ReadRange(Func<TorchStorage, long, Stream> open)
    {
        int width = Storage.Type.Width();
        float[] range = new float[_last - _first + 1];
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            using Stream stream = open(Storage, (Storage.Start + _first) * width);
            int step = ChunkBytes / width;
            for (int done = 0; done < range.Length; done += step)
            {
                Span<float> values = range.AsSpan(done, Math.Min(step, range.Length - done));
                Span<byte> raw = chunk.AsSpan(0, values.Length * width);
                stream.ReadExactly(raw);
                Storage.Type.ToSingle(raw, values);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return range;
    }

    private float[] Gather(float[] range)
    {
        float[] values = new float[Count];
        long[] index = new long[Shape.Length];
        long at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = range[at];
            for (int dimension = Shape.Length - 1; dimension >= 0; dimension--)
            {
                at += _strides[dimension];
                if (++index[dimension] < Shape[dimension])
                {
                    break;
                }

                at -= _strides[dimension] * Shape[dimension];
                index[dimension] = 0;
            }
        }

        return values;
    }
}
