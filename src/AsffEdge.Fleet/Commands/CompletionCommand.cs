using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet completion</c></summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string> shell = new Argument<string>("SHELL")
        {
            Description = "bash, zsh or fish",
        }.AcceptOnlyFromAmong(Shells);
        Command command = new(
            "completion",
            "Print a script that completes asff-fleet's command lines, agents and groups included"
        );
        command.Arguments.Add(shell);
        HelpWithExamples.AddTo(
            command,
            "source <(asff-fleet completion bash)                                     # this shell",
            "asff-fleet completion bash > ~/.local/share/bash-completion/completions/asff-fleet",
            "asff-fleet completion zsh > \"${fpath[1]}/_asff-fleet\"",
            "asff-fleet completion fish > ~/.config/fish/completions/asff-fleet.fish"
        );
        command.SetAction(arguments =>
        {
            Console.Out.Write(Script(arguments.GetValue(shell)!));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The script for one of bash, zsh and fish.</summary>
    internal static string Script(string shell)
    {
        using Stream script = typeof(CompletionCommand).Assembly.GetManifestResourceStream(
            $"completion.{shell}"
        )!;
        using StreamReader reader = new(script);
        return reader.ReadToEnd();
    }
}
