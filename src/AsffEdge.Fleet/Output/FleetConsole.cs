using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AsffEdge.Fleet.Output;

/// <summary>Where output goes: a terminal gets colours and tables that move, a file or a pipe gets plain lines.</summary>
internal static class FleetConsole
{
    private const int PlainWidth = 100;

    /// <summary>Whether somebody looks on.</summary>
    public static bool IsLive =>
        !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    /// <summary>Writes to standard output what <paramref name="make"/> makes of the width there is.</summary>
    public static void Write(Func<int, IRenderable> make)
    {
        if (IsLive)
        {
            AnsiConsole.Console.Write(make(AnsiConsole.Console.Profile.Width));
            return;
        }

        // Spectre.Console fills lines up with blanks.
        using StringWriter text = new();
        IAnsiConsole console = Plain(text);
        console.Write(make(console.Profile.Width));
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            Console.Out.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Output => IsLive ? AnsiConsole.Console : Plain(Console.Out);

    /// <summary>Plain text to <paramref name="output"/>, 100 columns wide or as many as the environment's <c>COLUMNS</c> says.</summary>
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
        console.Profile.Width =
            int.TryParse(
                Environment.GetEnvironmentVariable("COLUMNS"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int columns
            )
            && columns > 0
                ? columns
                : PlainWidth;
        return console;
    }
}
