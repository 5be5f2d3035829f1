using System.Globalization;
using AsffEdge.Agent.Tests.Cameras;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>What a process holds of its machine.</summary>
/// <param name="Seconds">Since the first sample.</param>
/// <param name="Done">What was done so far, in whatever the run counts.</param>
/// <param name="ResidentMb">Resident memory in MiB.</param>
/// <param name="Descriptors">Open files, sockets and pipes.</param>
/// <param name="Threads">Threads, but for those of the runtime's pool.</param>
/// <param name="PoolThreads">Threads of the pool.</param>
/// <param name="Children">Children that run.</param>
internal sealed record ProcessSample(
    double Seconds,
    long Done,
    double ResidentMb,
    int Descriptors,
    int Threads,
    int PoolThreads,
    int Children
)
{
    private const double KibPerMib = 1024;
    private const string PoolThread = ".NET TP Worker";

    /// <summary>Reads it from <c>/proc</c>.</summary>
    public static ProcessSample Of(int process, double seconds, long done)
    {
        Dictionary<string, string> status = File.ReadLines($"/proc/{process}/status")
            .Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0], parts => parts[1].Trim(), StringComparer.Ordinal);
        int threads = (int)Number(status["Threads"]);
        int pool = Directory
            .GetDirectories($"/proc/{process}/task")
            .Count(thread => NameOf(thread) == PoolThread);
        return new ProcessSample(
            seconds,
            done,
            Number(status["VmRSS"]) / KibPerMib,
            Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
            threads - pool,
            pool,
            ChildProcesses.Of(process, "ffmpeg").Length
        );
    }

    private static string? NameOf(string thread)
    {
        try
        {
            return File.ReadAllText($"{thread}/comm").TrimEnd();
        }
        catch (IOException)
        {
            return null; // it has just ended
        }
    }

    private static double Number(string text) =>
        double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
}
