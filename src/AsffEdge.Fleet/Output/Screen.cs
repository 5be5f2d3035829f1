using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AsffEdge.Fleet.Output;

/// <summary>
/// A terminal's whole screen, redrawn in place: each picture is one write that overwrites the last, so that nothing flickers and nothing is
/// left over when the terminal is made smaller. What was on the terminal before is there again afterwards.
/// </summary>
internal sealed class Screen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearLine = "\e[K";
    private const string ClearBelow = "\e[J";

    private readonly IAnsiConsole _console;
    private readonly TextWriter _output;

    /// <summary>Takes the screen of <paramref name="console"/>, which writes to <paramref name="output"/>.</summary>
    public Screen(IAnsiConsole console, TextWriter output)
    {
        _console = console;
        _output = output;
        Write(Enter);
    }

    /// <summary>Columns and lines of the terminal now.</summary>
    public (int Width, int Height) Size => (_console.Profile.Width, _console.Profile.Height);

    /// <summary>Shows <paramref name="picture"/>, which fits <see cref="Size"/>.</summary>
    public void Draw(IRenderable picture)
    {
        using StringWriter text = new();
        IAnsiConsole drawing = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = (ColorSystemSupport)_console.Profile.Capabilities.ColorSystem,
                Out = new AnsiConsoleOutput(text),
            }
        );
        drawing.Profile.Width = Size.Width;
        drawing.Write(picture);
        string[] lines = text.ToString().TrimEnd('\n').Split('\n');
        StringBuilder frame = new(Home);
        frame.AppendJoin($"{ClearLine}\r\n", lines).Append(ClearLine).Append(ClearBelow);
        Write(frame.ToString());
    }

    /// <inheritdoc/>
    public void Dispose() => Write(Leave);

    private void Write(string text)
    {
        _output.Write(text);
        _output.Flush();
    }
}
