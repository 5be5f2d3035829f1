using System.Text;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary>
/// Standard output that may go away. A terminal that is closed under a training that was told to go on (setsid, disown) answers every
/// write with an error; hours of training are worth more than the lines that nobody can read.
/// </summary>
internal sealed class TerminalOutput : TextWriter, IAnsiConsoleOutput
{
    private readonly TextWriter _inner;
    private readonly AnsiConsoleOutput _terminal;
    private volatile bool _gone;

    /// <summary>Wraps a writer, which stays the caller's.</summary>
    public TerminalOutput(TextWriter inner)
    {
        _inner = inner;
        _terminal = new AnsiConsoleOutput(inner);
    }

    /// <inheritdoc/>
    public TextWriter Writer => this;

    /// <inheritdoc/>
    public bool IsTerminal => _terminal.IsTerminal;

    /// <inheritdoc/>
    public int Width => _terminal.Width;

    /// <inheritdoc/>
    public int Height => _terminal.Height;

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <inheritdoc/>
    public void SetEncoding(Encoding encoding) => _terminal.SetEncoding(encoding);

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => _inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) =>
        Try(() => _inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => _inner.Write(value));

    /// <inheritdoc/>
    public override void Flush() => Try(_inner.Flush);

    private void Try(Action write)
    {
        if (_gone)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException)
        {
            _gone = true;
        }
    }
}
