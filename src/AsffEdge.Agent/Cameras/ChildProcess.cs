using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// A program whose output one thread reads, without ever waiting on it beyond a deadline. It leads a process group of its own,
/// so that its children end with it, and the kernel kills it when the thread that started it ends, by whatever cause.
/// Create, read and dispose of it on one thread that lives as long as it is needed.
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int SetPipeSize = 1031; // F_SETPIPE_SZ
    private const int PipeBytes = 1 << 20;
    private const int TerminateSignal = 15;
    private const int KillSignal = 9;
    private const short PollIn = 1;
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(700);

    private readonly Process _process;
    private readonly PipeStream _output;
    private readonly PipeStream _errors;
    private readonly int _outputHandle;
    private readonly int _errorsHandle;

    /// <summary>Starts <paramref name="program"/>, gives it <paramref name="input"/> on standard input and closes that.</summary>
    /// <exception cref="Win32Exception">The helpers <c>setsid</c> and <c>setpriv</c> (util-linux) are not there.</exception>
    public ChildProcess(string program, IEnumerable<string> arguments, string input)
    {
        // setsid makes the group; setpriv asks the kernel for the death signal, which exec keeps.
        var start = new ProcessStartInfo(
            "setsid",
            ["setpriv", "--pdeathsig", "KILL", "--", program, .. arguments]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The broker's password is none of a decoder's business.
        foreach (
            string name in start
                .Environment.Keys.Where(name =>
                    name.StartsWith(ConfigurationLoader.EnvironmentPrefix, StringComparison.Ordinal)
                )
                .ToArray()
        )
        {
            start.Environment.Remove(name);
        }

        // Messages are told apart by their English text.
        start.Environment["LC_ALL"] = "C";
        _process = Process.Start(start)!;
        _output = (PipeStream)_process.StandardOutput.BaseStream;
        _errors = (PipeStream)_process.StandardError.BaseStream;
        _outputHandle = (int)_output.SafePipeHandle.DangerousGetHandle();
        _errorsHandle = (int)_errors.SafePipeHandle.DangerousGetHandle();

        // Fewer, larger reads. A system that allows less keeps its default.
        _ = Control(_outputHandle, SetPipeSize, PipeBytes);
        try
        {
            using StreamWriter stdin = _process.StandardInput;
            stdin.Write(input);
        }
        catch (IOException)
        {
            // It ended before it read; what it wrote on its standard error says why.
        }
    }

    /// <summary>The process id, which is the group's too.</summary>
    public int Id => _process.Id;

    /// <summary>The exit code, or null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Waits until one of the pipes has something to read or is closed, at most <paramref name="timeout"/>.</summary>
    /// <returns>Which of the two can be read without waiting; neither after the timeout.</returns>
    public unsafe (bool Output, bool Errors) Wait(TimeSpan timeout, bool wantOutput)
    {
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Handle = _errorsClosed ? -1 : _errorsHandle, Events = PollIn };
        entries[1] = new PollEntry { Handle = wantOutput ? _outputHandle : -1, Events = PollIn };
        int milliseconds = (int)
            Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);
        int ready = Poll(entries, 2, milliseconds);

        // An interrupted wait (EINTR) is a wait that found nothing; the caller's deadline goes on.
        return ready <= 0 ? (false, false) : (entries[1].Happened != 0, entries[0].Happened != 0);
    }

    private bool _errorsClosed;

    /// <summary>Reads standard output; call it when <see cref="Wait"/> says so. 0: closed.</summary>
    public int ReadOutput(Span<byte> buffer) => _output.Read(buffer);

    /// <summary>Reads standard error; call it when <see cref="Wait"/> says so. 0: closed.</summary>
    public int ReadErrors(Span<byte> buffer)
    {
        int count = _errors.Read(buffer);
        _errorsClosed |= count == 0;
        return count;
    }

    /// <summary>From any thread: asks the group to end, which closes the pipes.</summary>
    public void Terminate() => Signal(TerminateSignal);

    /// <summary>Ends the group: asks first, so that a camera gets its session back, then kills; and reaps the child.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signal(TerminateSignal);
            _process.WaitForExit(Grace);
        }

        // Also when the child ended by itself: what it started may still be there.
        Signal(KillSignal);
        _process.WaitForExit(Grace);
        _output.Dispose();
        _errors.Dispose();
        _process.Dispose();
    }

    private void Signal(int signal) => _ = Kill(-_process.Id, signal);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Handle;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int handle, int command, int argument);
}
