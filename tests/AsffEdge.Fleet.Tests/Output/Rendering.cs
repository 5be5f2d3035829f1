using Spectre.Console;
using Spectre.Console.Rendering;

namespace AsffEdge.Fleet.Tests.Output;

/// <summary>Makes the lines of a terminal out of what is drawn on it.</summary>
internal static class Rendering
{
    /// <summary>The lines, without the blanks at their ends.</summary>
    public static string[] Lines(IRenderable picture, int width)
    {
        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = width;
        console.Write(picture);
        return [.. text.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
    }
}
