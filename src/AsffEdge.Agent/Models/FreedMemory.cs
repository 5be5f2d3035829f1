using System.Runtime.InteropServices;

namespace AsffEdge.Agent.Models;

/// <summary>Native memory that was freed and that the C library keeps.</summary>
internal static partial class FreedMemory
{
    /// <summary>
    /// Gives it back to the system. glibc keeps what a model leaves free, in the arena of the thread that opened it, and the next model is opened by
    /// another thread: twenty models later that is half as much again. Takes milliseconds.
    /// </summary>
    public static void GiveBack()
    {
        try
        {
            _ = Trim(0);
        }
        // Another C library, which may keep nothing.
        catch (EntryPointNotFoundException) { }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
