using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace AsffEdge.Control.CommandLine;

/// <summary><c>--help</c> that ends with examples.</summary>
public sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();
    private readonly string[] _examples;

    private HelpWithExamples(string[] examples) => _examples = examples;

    /// <summary>Gives <paramref name="command"/> its examples, a command line each.</summary>
    public static void AddTo(Command command, params string[] examples)
    {
        HelpOption? help = command.Options.OfType<HelpOption>().SingleOrDefault();
        if (help is null)
        {
            help = new HelpOption();
            command.Options.Add(help);
        }

        help.Action = new HelpWithExamples(examples);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = _help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in _examples)
        {
            output.WriteLine($"  {example}");
        }

        return exitCode;
    }
}
