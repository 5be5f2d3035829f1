using System.CommandLine;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary>What several <c>dataset</c> commands take.</summary>
internal static class DatasetOptions
{
    /// <summary>The data set that a command reads.</summary>
    public static Argument<DirectoryInfo> Input() =>
        new("dataset") { Description = "A data set's folder." };

    /// <summary>The folder that a command writes.</summary>
    public static Option<DirectoryInfo> Output() =>
        new("--out")
        {
            Description = "The new data set's folder; must not exist.",
            Required = true,
        };

    /// <summary>The path of a folder that must not exist, in one that must.</summary>
    /// <exception cref="ConfigurationException">It does, or it does not.</exception>
    public static string Fresh(DirectoryInfo folder)
    {
        if (Path.Exists(folder.FullName))
        {
            throw new ConfigurationException(
                $"--out {folder}: exists already; a data set never changes, name a new folder"
            );
        }

        return folder.Parent is { Exists: true }
            ? Path.TrimEndingDirectorySeparator(folder.FullName)
            : throw new ConfigurationException(
                $"--out {folder}: there is no folder {folder.Parent} to write it to"
            );
    }
}
