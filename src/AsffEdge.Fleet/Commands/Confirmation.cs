using System.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Output;
using Spectre.Console;

namespace AsffEdge.Fleet.Commands;

/// <summary>Asks before something is done to more than one agent.</summary>
internal static class Confirmation
{
    /// <summary>Whether to go on; says so where not. One agent is changed without a question, and so are all with <c>--yes</c>.</summary>
    /// <param name="options">The options of the command.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="agents">How many agents would be changed.</param>
    /// <param name="summary">What would be done.</param>
    /// <param name="ct">Ends the wait for the answer.</param>
    /// <exception cref="ConfigurationException">There is nobody to ask.</exception>
    public static async Task<bool> MayGoOnAsync(
        TargetArguments options,
        ParseResult arguments,
        int agents,
        string summary,
        CancellationToken ct
    )
    {
        bool mayGoOn =
            arguments.GetValue(options.Yes)
            || agents <= 1
            || await AskAsync(summary, arguments.GetValue(options.Json), ct).ConfigureAwait(false);
        if (!mayGoOn)
        {
            FleetCommand.Note("nothing has been sent");
        }

        return mayGoOn;
    }

    // A program that reads JSON cannot be asked.
    private static async Task<bool> AskAsync(string summary, bool asJson, CancellationToken ct)
    {
        if (asJson || Console.IsInputRedirected || !FleetConsole.IsLive)
        {
            throw new ConfigurationException([
                $"{summary}: more than one agent is changed only after a question, which can be asked on a terminal alone; allowed: --yes, --dry-run",
            ]);
        }

        return await new ConfirmationPrompt($"{Markup.Escape(summary)}. Go ahead?")
        {
            DefaultValue = false,
        }
            .ShowAsync(AnsiConsole.Console, ct)
            .ConfigureAwait(false);
    }
}
