using System.Globalization;

namespace AsffEdge.Agent.Health;

/// <summary>Reads the machine's state from Linux's own files. What a machine does not have is null.</summary>
/// <param name="thermalZones">Folder of the thermal zones.</param>
/// <param name="processStatus">The process's status file.</param>
internal sealed class SystemMeter(
    string thermalZones = "/sys/class/thermal",
    string processStatus = "/proc/self/status"
)
{
    private const double KibPerMib = 1024;
    private const double BytesPerMib = 1024 * 1024;

    /// <summary>Resident memory of this process in MiB.</summary>
    public double? ResidentMemoryMb()
    {
        try
        {
            string? line = File.ReadLines(processStatus)
                .FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            string[] words =
                line?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
            return words.Length >= 2 && Parse(words[1]) is { } kibibytes
                ? Math.Round(kibibytes / KibPerMib, 1)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The hottest thermal zone in °C.</summary>
    public double? TemperatureC()
    {
        double? hottest = null;
        try
        {
            foreach (string zone in Directory.EnumerateDirectories(thermalZones, "thermal_zone*"))
            {
                if (
                    ReadMilliDegrees(Path.Combine(zone, "temp")) is { } degrees
                    && !(degrees <= hottest)
                )
                {
                    hottest = degrees;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return hottest;
    }

    /// <summary>Free space for this user in MiB on the file system of <paramref name="folder"/>, which need not exist yet.</summary>
    public static double? DiskFreeMb(string folder)
    {
        string? existing = Path.GetFullPath(folder);
        while (existing is not null && !Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing);
        }

        try
        {
            return existing is null
                ? null
                : Math.Round(new DriveInfo(existing).AvailableFreeSpace / BytesPerMib);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static double? ReadMilliDegrees(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path).Trim()) / 1000;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // some sensors answer with an error while they are off
        }
    }

    private static double? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : null;
}
