using System.Diagnostics;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The program as a process of its own. One that still runs at the end is killed.</summary>
internal sealed class TrainerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    public TrainerProcess(params string[] arguments)
    {
        _process = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "asff-train"), arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        _output = _process.StandardOutput.ReadToEndAsync(Token);
        _errors = _process.StandardError.ReadToEndAsync(Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether it has loaded a native library.</summary>
    public bool HasLoaded(string library) =>
        File.ReadAllText($"/proc/{_process.Id}/maps").Contains(library, StringComparison.Ordinal);

    /// <summary>Waits until something is so; fails where the program ends before.</summary>
    /// <param name="isSo">Looked at every so often.</param>
    /// <param name="what">For the failure.</param>
    /// <param name="every">Time between two looks.</param>
    public async Task WaitUntilAsync(Func<bool> isSo, string what, TimeSpan every)
    {
        var clock = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.False(
                _process.HasExited,
                _process.HasExited ? $"ended before {what}: {await _errors}" : ""
            );
            Assert.True(clock.Elapsed < Patience, $"not {what}");
            await Task.Delay(every, Token);
        }
    }

    /// <summary>Tells it to stop. What Ctrl-C sends would be ignored where the tests run in the background.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>Holds it where it is, with all that it has open and locked, until <see cref="ContinueAsync"/>.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

    /// <summary>Ends it as a power cut would, between any two of its instructions.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Output, string Errors)> FinishAsync()
    {
        await _process.WaitForExitAsync(Token).WaitAsync(Patience, Token);
        return (_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }
}
