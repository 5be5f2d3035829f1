using System.CommandLine;
using AsffEdge.Trainer.Commands;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>Runs a command as the program does.</summary>
internal static class CommandLine
{
    public static (int Code, string Output, string Errors) Invoke(
        Command command,
        params string[] arguments
    )
    {
        using var errors = new StringWriter();
        using var output = new StringWriter();
        int code = command
            .Parse(arguments)
            .Invoke(new InvocationConfiguration { Error = errors, Output = output });
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>
    /// Exports a checkpoint. Without a picture at hand in which the network finds something, the command says that the file has no golden picture, and goes on.
    /// </summary>
    public static void Export(string checkpoint, string file, params string[] more)
    {
        (int code, _, string errors) = Invoke(
            ExportCommand.Create(),
            [checkpoint, "--out", file, .. more]
        );
        Assert.Equal(0, code);
        Assert.True(
            errors.Length == 0 || errors.StartsWith("no golden picture", StringComparison.Ordinal),
            errors
        );
    }
}
