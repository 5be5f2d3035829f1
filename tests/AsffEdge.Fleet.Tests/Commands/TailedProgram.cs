using System.Collections.Concurrent;
using System.Diagnostics;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary>An <c>asff-fleet</c> that writes lines until it is interrupted.</summary>
internal sealed class TailedProgram : IDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    public TailedProgram(string home, params string[] arguments)
    {
        _process = FleetProgram.Start(home, arguments);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _lines.Enqueue(text);
            }
        };
        _process.BeginOutputReadLine();
    }

    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Does <paramref name="act"/> again and again until there are as many lines.</summary>
    public async Task WaitForLinesAsync(int count, Func<Task>? act = null)
    {
        for (int waited = 0; _lines.Count < count; waited++)
        {
            Assert.True(
                waited < 600 && !_process.HasExited,
                $"{count} lines were to come, but there are:\n{string.Join('\n', _lines)}"
            );
            if (act is not null)
            {
                await act();
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Tells it to stop, by SIGTERM: what is started in the background ignores the signal of Ctrl-C. Its exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        return await EndAsync();
    }

    /// <summary>Its exit code, when it ends by itself.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
