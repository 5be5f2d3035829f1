using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>A process that stores one state after the other and says each revision once it is stored, until it is killed: this assembly, started with a variable set.</summary>
internal static class StateWriter
{
    private const string Folder = "ASFF_EDGE_TEST_STATE_WRITER";
    private const string After = "ASFF_EDGE_TEST_STATE_AFTER";

    /// <summary>Starts it.</summary>
    public static Process Start(string folder, long after) =>
        Process.Start(
            new ProcessStartInfo("dotnet", ["exec", typeof(StateWriter).Assembly.Location])
            {
                RedirectStandardOutput = true,
                Environment =
                {
                    [Folder] = folder,
                    [After] = after.ToString(CultureInfo.InvariantCulture),
                },
            }
        )!;

#pragma warning disable CA2255 // the test runner owns the entry point
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Folder) is not { } folder)
        {
            return;
        }

        DesiredStore store = new(folder, NullLogger<DesiredStore>.Instance);
        long revision = long.Parse(
            Environment.GetEnvironmentVariable(After)!,
            CultureInfo.InvariantCulture
        );
        while (true)
        {
            DesiredDocument document = new()
            {
                Rev = ++revision,
                Profile = "fast",
                By = new string('x', (int)(revision % 250)),
            };
            store.Save(new DesiredState(["agent"]).With("agent", document).Settled());
            Console.WriteLine(revision);
        }
    }
}
