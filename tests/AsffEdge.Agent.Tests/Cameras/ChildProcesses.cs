using System.Globalization;

namespace AsffEdge.Agent.Tests.Cameras;

/// <summary>Looks at the processes of this machine.</summary>
internal static class ChildProcesses
{
    /// <summary>The running children of a process that have a name.</summary>
    public static int[] Of(int parent, string name) =>
        Find(stat =>
            stat is [_, var title, not "Z", var owner, ..]
            && title == $"({name})"
            && owner == parent.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>The running processes of a group.</summary>
    public static int[] InGroup(int group) =>
        Find(stat =>
            stat is [_, _, not "Z", _, var id, ..]
            && id == group.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>Whether a process runs; one that has ended and only waits to be reaped does not.</summary>
    public static bool IsRunning(int process) => StatOf(process) is [_, _, not "Z", ..];

    private static int[] Find(Func<string[], bool> isWanted) =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(path => Path.GetFileName(path))
                .Where(entry =>
                    int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                )
                .Select(entry => int.Parse(entry, CultureInfo.InvariantCulture))
                .Where(process => isWanted(StatOf(process))),
        ];

    private static string[] StatOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
