using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Output;
using Spectre.Console;

namespace AsffEdge.Fleet.Commands;

/// <summary>Asks before something is done to more than one agent.</summary>
internal static class Confirmation
{
    /// <summary>Asks on the terminal.</summary>
    /// <param name="summary">What would be done.</param>
    /// <param name="asJson">Whether the output is for a program, which cannot be asked.</param>
    /// <param name="ct">Ends the wait for the answer.</param>
    /// <exception cref="ConfigurationException">There is nobody to ask.</exception>
    public static async Task<bool> AskAsync(string summary, bool asJson, CancellationToken ct)
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
