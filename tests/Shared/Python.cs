using System.Diagnostics;

namespace AsffEdge.Tests;

/// <summary>Runs small Python programs with the packages of the system: a second opinion on what this project writes.</summary>
internal static class Python
{
    /// <summary>Whether <paramref name="module"/> can be imported.</summary>
    public static bool Has(string module) => TryRun($"import {module}", "").ExitCode == 0;

    /// <summary>Runs <paramref name="script"/>.</summary>
    /// <returns>What it prints.</returns>
    public static string Run(string script, string input)
    {
        (int exitCode, string output, string errors) = TryRun(script, input);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    private static (int ExitCode, string Output, string Errors) TryRun(string script, string input)
    {
        try
        {
            using Process python = Process.Start(
                new ProcessStartInfo("/usr/bin/python3", ["-W", "ignore", "-c", script])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            Task<string> output = python.StandardOutput.ReadToEndAsync();
            Task<string> errors = python.StandardError.ReadToEndAsync();
            python.StandardInput.Write(input);
            python.StandardInput.Close();
            python.WaitForExit();
            return (python.ExitCode, output.Result, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (-1, "", error.Message); // there is no Python
        }
    }
}
