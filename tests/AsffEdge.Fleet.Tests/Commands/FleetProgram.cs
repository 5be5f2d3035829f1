using System.Diagnostics;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary>Runs <c>asff-fleet</c> as a user does, with a home and temporary files of its own.</summary>
internal static class FleetProgram
{
    public sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static async Task<Outcome> RunAsync(string home, params string[] arguments)
    {
        using Process process = Start(home, arguments);
        CancellationToken ct = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(ct);
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new Outcome(process.ExitCode, await output, await errors);
    }

    public static Process Start(string home, params string[] arguments)
    {
        ProcessStartInfo start = new(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "asff-fleet.dll"), .. arguments]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home;
        start.Environment["TMPDIR"] = home;
        start.Environment.Remove("XDG_CONFIG_HOME");
        start.Environment.Remove("XDG_STATE_HOME");
        start.Environment.Remove("XDG_CACHE_HOME");
        start.Environment.Remove("COLUMNS");
        return Process.Start(start)!;
    }
}
