using System.CommandLine;
using AsffEdge.Detection;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands;

/// <summary>Turns what can go wrong into a message on standard error and an exit code: 2 for usage and configuration, 1 for failures.</summary>
internal static class CommandErrors
{
    private const int MostThreads = 1024;

    public static int Catch(ParseResult parsed, Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception error)
            when (error is ConfigurationException or ArgumentException or InvalidDatasetException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(error.Message);
            return 2;
        }
        catch (Exception error)
            when (error
                    is DatasetException
                        or ModelException
                        or InvalidDataException
                        or IOException
                        or UnauthorizedAccessException
                        or NotFiniteNumberException
            )
        {
            parsed.InvocationConfiguration.Error.WriteLine(error.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            parsed.InvocationConfiguration.Error.WriteLine("interrupted");
            return 1;
        }
    }

    /// <summary>
    /// The same on another thread: signals are listened to only once the action has returned its task, so one that works on the caller's thread could not be interrupted.
    /// </summary>
    public static Task<int> CatchAsync(ParseResult parsed, Func<int> action) =>
        Task.Run(() => Catch(parsed, action));

    public static int RequireSize(int size) =>
        NetworkInput.Manifest.Allows(size)
            ? size
            : throw new ConfigurationException(
                $"size is {size}; allowed: {NetworkInput.Manifest.DescribeSizes()}"
            );

    /// <summary>
    /// Refuses files that cannot or must not be written, before the work: their folder does not exist, they are folders themselves, two are the same, one is read as well, or a part of a data set.
    /// </summary>
    /// <param name="inputs">What is read.</param>
    /// <param name="files">What is to be written.</param>
    /// <exception cref="ConfigurationException">One is.</exception>
    public static void RequireWritable(
        IEnumerable<string> inputs,
        params ReadOnlySpan<FileInfo?> files
    )
    {
        HashSet<string> read = [.. inputs.Select(Path.GetFullPath)];
        var seen = new HashSet<string>();
        foreach (FileInfo? file in files)
        {
            string? problem =
                file is null ? null
                : Directory.Exists(file.FullName) ? "is a folder; name a file to write"
                : file.Directory is { Exists: false } ? "there is no such folder to write to"
                : read.Contains(file.FullName) ? "is read as well; name another file to write"
                : file.Exists
                && File.Exists(Path.Combine(file.DirectoryName!, DatasetFolder.ManifestName))
                    ? "is part of a data set, which never changes; name another file to write"
                : !seen.Add(file.FullName) ? "is to be written twice; name another file"
                : null;
            if (problem is not null)
            {
                throw new ConfigurationException($"{file}: {problem}");
            }
        }
    }

    /// <summary>A number of threads, or none. More than there can be cores make the tensor library hang; none or less end the process.</summary>
    public static int? RequireThreads(int? value) =>
        value is null or (>= 1 and <= MostThreads)
            ? value
            : throw new ConfigurationException(
                $"--threads is {value}; allowed: 1 to {MostThreads}"
            );

    /// <summary>A share of 0 to 1, or none.</summary>
    public static float? RequireShare(string option, float? value) =>
        value is null or (>= 0 and <= 1)
            ? value
            : throw new ConfigurationException($"{option} is {value}; allowed: 0 to 1");
}
