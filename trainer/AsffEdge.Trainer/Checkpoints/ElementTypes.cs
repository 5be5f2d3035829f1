using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>Widths of encoded elements, and their conversion to floats.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Width(this ElementType type) =>
        type switch
        {
            ElementType.Float64 or ElementType.Int64 => 8,
            ElementType.Float32 or ElementType.Int32 => 4,
            ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
            _ => 1,
        };

    /// <summary>Converts encoded elements; what a float cannot hold exactly is rounded, or infinite.</summary>
    /// <param name="type">The encoding.</param>
    /// <param name="raw">As many elements as <paramref name="values"/> holds.</param>
    /// <param name="values">Receives them.</param>
    public static void ToSingle(this ElementType type, ReadOnlySpan<byte> raw, Span<float> values)
    {
        switch (type)
        {
            case ElementType.Float32:
                raw.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(raw), values);
                break;
            case ElementType.BFloat16:
                ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(raw);
                for (int i = 0; i < upper.Length; i++)
                {
                    values[i] = BitConverter.Int32BitsToSingle(upper[i] << 16);
                }

                break;
            case ElementType.Float64:
                Convert<double>(raw, values);
                break;
            case ElementType.Int64:
                Convert<long>(raw, values);
                break;
            case ElementType.Int32:
                Convert<int>(raw, values);
                break;
            case ElementType.Int16:
                Convert<short>(raw, values);
                break;
            case ElementType.Int8:
                Convert<sbyte>(raw, values);
                break;
            default:
                Convert<byte>(raw, values);
                break;
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> raw, Span<float> values)
        where T : unmanaged, System.Numerics.INumberBase<T> =>
        TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, T>(raw), values);
}
