using System.CommandLine;

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
}
