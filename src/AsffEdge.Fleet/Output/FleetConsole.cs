using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>Where output goes: a terminal gets colours and tables that move, a file or a pipe gets plain lines.</summary>
internal static class FleetConsole
{
    /// <summary>Columns of what is not written to a terminal.</summary>
    public const int PlainWidth = 100;

    /// <summary>Whether somebody looks on.</summary>
    public static bool IsLive =>
        !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Output => IsLive ? AnsiConsole.Console : Plain(Console.Out);

    /// <summary>Plain text to <paramref name="output"/>, <see cref="PlainWidth"/> columns wide.</summary>
    public static IAnsiConsole Plain(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = PlainWidth;
        return console;
    }
}
