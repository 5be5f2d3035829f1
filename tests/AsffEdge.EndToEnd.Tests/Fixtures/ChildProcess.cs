using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>A real child process whose output is kept and which never outlives the tests.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly ConcurrentDictionary<ChildProcess, byte> Alive = new();

    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _log = new();
    private readonly Lock _lock = new();

    static ChildProcess() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (ChildProcess child in Alive.Keys)
            {
                child.Kill();
            }
        };

    private ChildProcess(string program, IEnumerable<string> arguments)
    {
        _name = Path.GetFileName(program);
        _process = new Process
        {
            // The demo finds its files from the root of the repository.
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Append(StandardOutput, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(StandardError, line.Data);
    }

    public int Id => _process.Id;

    /// <summary>Completes when the process has ended.</summary>
    public Task Exited { get; private set; } = Task.CompletedTask;

    public bool HasExited => _process.HasExited;

    /// <summary>Both streams, in the order the lines came.</summary>
    public string Log
    {
        get
        {
            lock (_lock)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>The lines of standard output so far.</summary>
    public ConcurrentQueue<string> StandardOutput { get; } = new();

    /// <summary>The lines of standard error so far.</summary>
    public ConcurrentQueue<string> StandardError { get; } = new();

    public static ChildProcess Start(string program, params IEnumerable<string> arguments)
    {
        ChildProcess child = new(program, arguments);
        child._process.Start();
        Alive.TryAdd(child, 0);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        child.Exited = child._process.WaitForExitAsync(CancellationToken.None);
        return child;
    }

    /// <summary>Runs a program to its end; a program that does not end in time fails the test.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        TimeSpan timeout,
        string program,
        params IEnumerable<string> arguments
    )
    {
        await using ChildProcess child = Start(program, arguments);
        int code = await child.WaitForExitAsync(timeout);
        return (
            code,
            string.Join('\n', child.StandardOutput),
            string.Join('\n', child.StandardError)
        );
    }

    /// <summary>Asks the process to end, as a service manager does.</summary>
    public void Terminate() => Assert.Equal(0, SendSignal(_process.Id, SigTerm));

    /// <summary>Ends the process at once, and not its children: what becomes of those is up to it.</summary>
    public void KillAlone()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for the process to end by itself, and returns its exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        deadline.CancelAfter(timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_name} did not end within {timeout.TotalSeconds:0} s; its log:\n{Log}");
        }
        return _process.ExitCode;
    }

    /// <summary>Waits until a line of standard output starts with the text, and returns that line.</summary>
    public async Task<string> WaitForLineAsync(string start, TimeSpan timeout)
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        while (elapsed.Elapsed < timeout)
        {
            string? line = StandardOutput.FirstOrDefault(line =>
                line.StartsWith(start, StringComparison.Ordinal)
            );
            if (line is not null)
            {
                return line;
            }
            if (HasExited)
            {
                break;
            }
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"{_name} did not print '{start}…'; its log:\n{Log}");
    }

    /// <summary>Ends the process and its children at once.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        Alive.TryRemove(this, out _);
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Append(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }
        lines.Enqueue(line);
        lock (_lock)
        {
            _log.AppendLine(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
