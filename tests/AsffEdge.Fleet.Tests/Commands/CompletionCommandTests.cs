using System.Diagnostics;
using AsffEdge.Fleet.Commands;
using AsffEdge.Fleet.State;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary>The completion of command lines, in a real bash.</summary>
[Trait("Category", "System")]
public sealed class CompletionCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public CompletionCommandTests()
    {
        KnownNames
            .Of([
                Fleets.Agent("gate-07", groups: ["gates", "oslo"]),
                Fleets.Agent("gate-08"),
                Fleets.Agent("yard-01"),
            ])
            .Save(new Dictionary<string, string> { ["HOME"] = _home.Path });
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("asff-fleet comp", "completion")]
    [InlineData("asff-fleet show g", "gate-07 gate-08")]
    [InlineData("asff-fleet show ", "gate-07 gate-08 yard-01")]
    [InlineData("asff-fleet show gate-07 --j", "--json")]
    [InlineData("asff-fleet agents --group ", "gates oslo")]
    [InlineData("asff-fleet agents --group=o", "oslo")]
    [InlineData("asff-fleet watch --state o", "offline online")]
    [InlineData("asff-fleet events --agent y", "yard-01")]
    [InlineData("asff-fleet events --type zone", "zone_enter zone_leave")]
    [InlineData("asff-fleet command y", "yard-01")]
    [InlineData("asff-fleet command gate-07 p", "ping profile.set")]
    [InlineData("asff-fleet command --group gates p", "ping profile.set")]
    [InlineData("asff-fleet profile set f", "fast")]
    [InlineData("asff-fleet profile set fast -a y", "yard-01")]
    [InlineData("asff-fleet profile history --group ", "gates oslo")]
    [InlineData("asff-fleet agents --wa", "--wait")]
    [InlineData("/some/where/asff-fleet show y", "yard-01")]
    public async Task Bash_completes(string typed, string expected)
    {
        string[] completions = await CompleteAsync(typed);

        Assert.Equal(expected.Split(' '), completions.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Every_shell_has_its_script(string shell)
    {
        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(_home.Path, "completion", shell);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Contains(
            $"Completion of asff-fleet for {shell}.",
            outcome.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("[suggest:", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_shell_is_wrong_usage()
    {
        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(_home.Path, "completion", "csh");

        Assert.Equal(2, outcome.ExitCode);
    }

    /// <summary>What bash offers for a line with the cursor at its end, by the words bash itself would split it into.</summary>
    private async Task<string[]> CompleteAsync(string typed)
    {
        string program = typed.Split(' ')[0];
        string name = Path.GetFileName(program);
        string path = Path.Combine(_home.Path, "bin");
        Directory.CreateDirectory(path);
        string starter = Path.Combine(path, name);
        await File.WriteAllTextAsync(
            starter,
            $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "asff-fleet.dll")}' \"$@\"\n",
            TestContext.Current.CancellationToken
        );

        // A program that was called by its path is called by that path again.
        string line = program == name ? typed : $"{starter}{typed[program.Length..]}";
        const string script = """
            chmod +x "$2" && source /dev/stdin || exit 1
            COMP_LINE="$1" COMP_POINT=${#1}
            # As readline does: at blanks and at =, which is a word too.
            read -r -a COMP_WORDS <<< "${COMP_LINE//=/ = }"
            [[ "$COMP_LINE" == *[\ =] ]] && { [[ "$COMP_LINE" == *= ]] || COMP_WORDS+=(""); }
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p asff-fleet | grep -q -- '-F _asff_fleet asff-fleet' || exit 1
            _asff_fleet
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        ProcessStartInfo start = new("bash", ["-c", script, "bash", line, starter])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["HOME"] = _home.Path;
        start.Environment.Remove("XDG_CACHE_HOME");
        start.Environment["PATH"] = $"{path}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(CompletionCommand.Script("bash"));
        bash.StandardInput.Close();
        string output = await bash.StandardOutput.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, bash.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
