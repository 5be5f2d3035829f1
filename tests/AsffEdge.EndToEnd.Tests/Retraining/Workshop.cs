using System.Globalization;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Retraining;

/// <summary>Runs the programs as a person does, in one folder, and shows each command with what it prints.</summary>
/// <param name="folder">The folder.</param>
internal sealed class Workshop(string folder)
{
    // Of a training on a machine that has other things to do.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Shows a line.</summary>
    public static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>A file or folder in it.</summary>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string content)
    {
        string path = PathOf(name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Runs the trainer; a failure fails the test.</summary>
    /// <param name="arguments">Its arguments, separated by spaces; what is interpolated stays whole, and a list becomes several.</param>
    /// <returns>The lines of its standard output.</returns>
    public Task<string[]> TrainerAsync(FormattableString arguments) =>
        RunAsync(TestPaths.TrainerProgram, [.. Split(arguments)]);

    /// <summary>Runs the agent's program likewise.</summary>
    public Task<string[]> AgentAsync(FormattableString arguments) =>
        RunAsync(TestPaths.AgentProgram, [.. Split(arguments)]);

    /// <summary>Runs the fleet manager's tool likewise.</summary>
    public Task<string[]> FleetAsync(FormattableString arguments) =>
        RunAsync(TestPaths.FleetProgram, [.. Split(arguments)]);

    /// <summary>The arguments one by one.</summary>
    public static IEnumerable<string> Split(FormattableString arguments) =>
        arguments
            .Format.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(word =>
                word is ['{', .. var index, '}']
                && arguments.GetArgument(int.Parse(index, CultureInfo.InvariantCulture))
                    is IEnumerable<string> several
                    ? several
                    : [string.Format(CultureInfo.InvariantCulture, word, arguments.GetArguments())]
            );

    private async Task<string[]> RunAsync(string program, string[] arguments)
    {
        string command = string.Join(' ', [Path.GetFileName(program), .. arguments.Select(Quote)]);
        Say($"\n$ {Short(command)}");
        await using ChildProcess child = ChildProcess.Start(program, arguments);
        int shown = 0;
        using CancellationTokenSource tooLong = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        tooLong.CancelAfter(Patience);
        while (!child.Exited.IsCompleted)
        {
            await Task.WhenAny(child.Exited, Task.Delay(LookEvery, tooLong.Token));
            tooLong.Token.ThrowIfCancellationRequested();
            Show();
        }

        int code = await child.WaitForExitAsync(Patience);
        Show();
        Assert.True(code == 0, $"{command}\nended with {code}:\n{child.Log}");
        return [.. child.StandardOutput];

        // Detections are for programs; people get what is said about them.
        void Show()
        {
            string[] lines = child.Log.Split('\n')[..^1];
            foreach (
                string line in lines[shown..]
                    .Where(line => !line.StartsWith('{') && !string.IsNullOrWhiteSpace(line))
            )
            {
                Say($"  {Short(line)}");
            }

            shown = lines.Length;
        }
    }

    // Paths as they look from inside of the folder, or from the root of the repository.
    private string Short(string text) =>
        text.Replace($"{folder}/", "", StringComparison.Ordinal)
            .Replace($"{Repository.Root}/", "", StringComparison.Ordinal);

    private static string Quote(string argument) =>
        argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument;
}
