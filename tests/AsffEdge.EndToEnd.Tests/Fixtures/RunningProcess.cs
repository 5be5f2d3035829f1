using System.Globalization;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>A process of the system as /proc shows it; the start time tells it from a later one with the same id.</summary>
internal sealed record RunningProcess(int Id, int Parent, string Name, long StartTime)
{
    /// <summary>Whether it still runs (a zombie does not).</summary>
    public bool IsAlive => Read(Id) is RunningProcess now && now.StartTime == StartTime;

    /// <summary>All processes that a process started, and those that they started.</summary>
    public static IReadOnlyList<RunningProcess> DescendantsOf(int id)
    {
        ILookup<int, RunningProcess> byParent = Directory
            .EnumerateDirectories("/proc")
            .Select(path =>
                int.TryParse(Path.GetFileName(path), out int found) ? Read(found) : null
            )
            .OfType<RunningProcess>()
            .ToLookup(process => process.Parent);
        List<RunningProcess> descendants = [.. byParent[id]];
        for (int i = 0; i < descendants.Count; i++)
        {
            descendants.AddRange(byParent[descendants[i].Id]);
        }
        return descendants;
    }

    // proc(5): "pid (name) state parent …", the start time being field 22.
    private static RunningProcess? Read(int id)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            return null;
        }
        int open = text.IndexOf('(', StringComparison.Ordinal);
        int close = text.LastIndexOf(')');
        string[] fields = text[(close + 2)..].Split(' ');
        return fields[0] is "Z" or "X"
            ? null
            : new RunningProcess(
                id,
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                text[(open + 1)..close],
                long.Parse(fields[19], CultureInfo.InvariantCulture)
            );
    }
}
