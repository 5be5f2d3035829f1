using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AsffEdge.Tests;

/// <summary>The calls of a program that README and documents show, held against what the program itself says with <c>--help</c>.</summary>
internal static partial class DocumentedCommands
{
    /// <summary>Checks that there is each command and each option that is shown.</summary>
    /// <param name="program">A program beside the tests.</param>
    /// <returns>The calls that were checked.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(string program)
    {
        Dictionary<string, string> helps = [];
        List<string> calls = [];
        List<string> problems = [];
        foreach ((string file, string call) in CallsOf(program))
        {
            string[] words = call.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string path = "";
            string help = await HelpAsync(path);
            foreach (string word in words)
            {
                string[] commands = CommandsOf(help);
                bool isWord = commands.Length > 0 && Word().IsMatch(word);
                if (!isWord)
                {
                    break;
                }

                if (!commands.Contains(word))
                {
                    problems.Add(
                        $"{file}: '{program} {call}': no '{word}'; there are {string.Join(", ", commands)}"
                    );
                    break;
                }

                path += $" {word}";
                help = await HelpAsync(path);
            }

            problems.AddRange(
                Option()
                    .Matches(call)
                    .Select(match => match.Groups[1].Value)
                    .Where(option => !Regex.IsMatch(help, $@"{option}\b(?!-)"))
                    .Select(option => $"{file}: '{program} {call}': no '{option}'")
            );
            calls.Add(call);
        }

        Assert.Empty(problems);
        return calls;

        async Task<string> HelpAsync(string path) =>
            helps.TryGetValue(path, out string? help)
                ? help
                : helps[path] = await RunAsync(program, $"{path} --help");
    }

    // Inside of code only: fenced blocks and spans, up to where a shell would begin another command or a comment.
    private static IEnumerable<(string File, string Call)> CallsOf(string program) =>
        from file in (IEnumerable<string>)
            [
                Path.Combine(Repository.Root, "README.md"),
                .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"),
            ]
        from Match code in Code().Matches(File.ReadAllText(file))
        from Match call in Regex.Matches(
            code.Value.Replace("\\\n", " "),
            $@"(?<![\w/.:-]){program}( [^`\n|;&#()>]+)?(?=[`\n|;&#()>])"
        )
        select (Path.GetFileName(file), call.Groups[1].Value.Trim());

    private static string[] CommandsOf(string help) =>
        help.IndexOf("\nCommands:", StringComparison.Ordinal) is >= 0 and int at
            ? [.. Entry().Matches(help[at..]).Select(match => match.Groups[1].Value)]
            : [];

    private static async Task<string> RunAsync(string program, string arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments)
            {
                RedirectStandardOutput = true,
            }
        )!;
        CancellationToken ct = TestContext.Current.CancellationToken;
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    [GeneratedRegex(@"^```.*?^```|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=\s|\[)(--[a-z][a-z-]*)")]
    private static partial Regex Option();

    [GeneratedRegex(@"^  ([a-z][a-z-]*)\b", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
