using System.Runtime.InteropServices;

namespace AsffEdge.Detection;

/// <summary>
/// Floats outside the managed heap, aligned for vectors, that never move. The system commits pages only as they are
/// touched.
/// </summary>
internal sealed unsafe class AlignedBuffer : SafeHandle
{
    private const nuint Alignment = 64;

    public AlignedBuffer(int length)
        : base(0, ownsHandle: true)
    {
        Length = length;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), Alignment));
    }

    public int Length { get; }

    public override bool IsInvalid => handle == 0;

    public nint Pointer => handle;

    public Span<float> Span => new((void*)handle, Length);

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
