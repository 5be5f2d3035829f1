using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.Versioning;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary>Looks at the command lines of a process and of all that it starts, as any user of the machine can, for as long as it is not disposed of.</summary>
[SupportedOSPlatform("linux")]
internal sealed class CommandLines : IDisposable
{
    private readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);
    private readonly Thread _looking;
    private volatile bool _ends;

    /// <param name="process">The process.</param>
    public CommandLines(int process)
    {
        _looking = new Thread(() =>
        {
            while (!_ends)
            {
                Look(process);
                Thread.Sleep(20);
            }
        });
        _looking.Start();
    }

    /// <summary>The command lines so far, a space between arguments.</summary>
    public IReadOnlyCollection<string> Seen => [.. _seen.Keys];

    public void Dispose()
    {
        _ends = true;
        _looking.Join();
    }

    private void Look(int process)
    {
        try
        {
            _seen[File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ')] = 0;
            foreach (string task in Directory.GetDirectories($"/proc/{process}/task"))
            {
                foreach (
                    string child in File.ReadAllText(Path.Combine(task, "children"))
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                )
                {
                    Look(int.Parse(child, CultureInfo.InvariantCulture));
                }
            }
        }
        catch (IOException)
        {
            // It has ended meanwhile.
        }
    }
}
