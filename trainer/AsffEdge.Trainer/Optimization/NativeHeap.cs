using System.Runtime.InteropServices;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// The C library's heap, which tensors live on. A step frees hundreds of megabytes and asks for them again in the next; by default
/// glibc hands such memory back to the kernel each time, which clears every page of it anew: a seventh of a step at edge width.
/// </summary>
internal static partial class NativeHeap
{
    // Of glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int MappingThreshold = -3;

    /// <summary>Keeps freed memory for the next step, until the process ends.</summary>
    /// <returns>Whether the C library can do so; glibc can.</returns>
    public static bool KeepFreed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return SetOption(TrimThreshold, int.MaxValue) == 1
                && SetOption(MappingThreshold, 1 << 30) == 1;
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
