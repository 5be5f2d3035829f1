using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary>One thread of another process, stopped where it waits in the kernel, while all others run on: what a call that never returns looks like.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class HeldThread : IDisposable
{
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int Continue = 7;
    private const int Detach = 17;
    private const int WaitForClones = 0x40000000; // __WALL
    private const string Futex = "202";

    private readonly TaskCompletionSource _held = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly Thread _tracer;

    private HeldThread(int thread)
    {
        // ptrace knows its tracer by the thread.
        _tracer = new Thread(() => Hold(thread)) { IsBackground = true };
        _tracer.Start();
    }

    /// <summary>Stops a thread of a process by its name.</summary>
    public static async Task<HeldThread> StopAsync(int process, string name)
    {
        int thread = Directory
            .EnumerateDirectories($"/proc/{process}/task")
            .Where(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == name)
            .Select(task => int.Parse(Path.GetFileName(task)))
            .Single();
        HeldThread held = new(thread);
        await held._held.Task.WaitAsync(TimeSpan.FromSeconds(20));
        return held;
    }

    /// <summary>Lets it go on.</summary>
    public void Dispose()
    {
        _release.Set();
        _tracer.Join();
        _release.Dispose();
    }

    private void Hold(int thread)
    {
        try
        {
            Check(Trace(Seize, thread, 0, 0), "seize");
            while (true)
            {
                Check(Trace(Interrupt, thread, 0, 0), "interrupt");
                Check(Wait(thread, out _, WaitForClones), "wait for");

                // A thread that was stopped in managed code would hold up the collection of garbage, and with it all the others.
                if (File.ReadAllText($"/proc/{thread}/syscall").Split(' ')[0] == Futex)
                {
                    break;
                }

                Check(Trace(Continue, thread, 0, 0), "continue");
                Thread.Sleep(3);
            }

            _held.SetResult();
            _release.Wait();
            Check(Trace(Detach, thread, 0, 0), "detach from");
        }
        catch (InvalidOperationException error)
        {
            _held.TrySetException(error);
        }
    }

    private static void Check(long result, string what)
    {
        if (result < 0)
        {
            throw new InvalidOperationException(
                $"cannot {what} the thread: {Marshal.GetLastPInvokeErrorMessage()}"
            );
        }
    }

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial long Trace(long request, int thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int Wait(int thread, out int status, int options);
}
