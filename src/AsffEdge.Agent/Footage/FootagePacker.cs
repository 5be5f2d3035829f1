using AsffEdge.Control.Storage;

namespace AsffEdge.Agent.Footage;

/// <summary>Packs footage for the way home, as <c>docs/footage.md</c> describes it. Works while an agent writes.</summary>
/// <param name="root">The folder of the footage.</param>
/// <param name="agent">The agent's id.</param>
/// <param name="version">The program's version.</param>
/// <param name="time">The clock.</param>
internal sealed class FootagePacker(string root, string agent, string version, TimeProvider time)
{
    private const int Tries = 3;
    private const string Unfinished = ".part";

    /// <summary>Writes a pack, or finishes one that was begun, and then forgets what is in it.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="selection">Which footage, where no pack was begun.</param>
    /// <param name="isKept">Whether the footage stays on the device.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="ct">Ends it early; the next call continues.</param>
    /// <returns>Null where there is no footage.</returns>
    /// <exception cref="IOException">A folder cannot be read or written, or somebody else packs or purges.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    /// <exception cref="InvalidDataException">It would be more than a pack may hold, or a file was changed.</exception>
    public PackResult? Pack(
        string folder,
        FootageSelection selection,
        bool isKept,
        IProgress<PackProgress> progress,
        CancellationToken ct
    )
    {
        if (!Directory.Exists(root))
        {
            return null;
        }

        using FootageLock own = new(root);
        Directory.CreateDirectory(folder);
        for (int tries = 1; ; tries++)
        {
            try
            {
                (PackPlan? plan, string part, bool isContinued) = Plan(
                    folder,
                    selection,
                    progress,
                    ct
                );
                return plan is null ? null : Finish(plan, part, isContinued, isKept, progress, ct);
            }
            // The budget's oldest may go at any time; what is left is packed.
            catch (Exception error)
                when (tries < Tries && error is FileNotFoundException or DirectoryNotFoundException)
            { }
        }
    }

    private (PackPlan? Plan, string Part, bool IsContinued) Plan(
        string folder,
        FootageSelection selection,
        IProgress<PackProgress> progress,
        CancellationToken ct
    )
    {
        foreach (string begun in Directory.GetFiles(folder, $"{agent}_*.tar{Unfinished}").Order())
        {
            if (
                PackFile.ManifestOf(begun) is { } json
                && PackPlan.Resume(json, agent, root) is { IsWhole: true } resumed
            )
            {
                return (resumed, begun, true);
            }

            File.Delete(begun);
        }

        IReadOnlyList<FootageDay> days = selection.DaysIn(root);
        long total = days.Sum(day => day.Pictures().Values.Sum());
        long hashed = 0;
        PackPlan? plan = PackPlan.Make(
            agent,
            version,
            time.GetUtcNow().UtcDateTime,
            days.Select(day => day.Frames()),
            bytes => progress.Report(new PackProgress("hashing", hashed += bytes, total)),
            ct
        );
        return (plan, plan is null ? "" : FreeName(folder, plan.Name) + Unfinished, false);
    }

    private PackResult Finish(
        PackPlan plan,
        string part,
        bool isContinued,
        bool isKept,
        IProgress<PackProgress> progress,
        CancellationToken ct
    )
    {
        long written = 0;
        PackFile.Write(
            part,
            plan,
            bytes => progress.Report(new PackProgress("packing", written += bytes, plan.Bytes)),
            ct
        );
        string path = part[..^Unfinished.Length];
        File.Move(part, path, overwrite: true);
        AtomicFile.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!isKept)
        {
            plan.Forget(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        }

        return new PackResult(
            path,
            plan.Pictures.Count,
            new FileInfo(path).Length,
            isContinued,
            !isKept
        );
    }

    private static string FreeName(string folder, string name)
    {
        for (int copy = 1; ; copy++)
        {
            string path = Path.Combine(folder, copy == 1 ? $"{name}.tar" : $"{name}_{copy}.tar");
            if (!File.Exists(path))
            {
                return path;
            }
        }
    }
}

/// <summary>How far packing is.</summary>
/// <param name="What">What is being done.</param>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Bytes in all.</param>
internal readonly record struct PackProgress(string What, long Done, long Total);

/// <summary>A pack that is whole.</summary>
/// <param name="Path">The file.</param>
/// <param name="Pictures">Pictures in it.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="IsContinued">Whether it had been begun before.</param>
/// <param name="IsForgotten">Whether its pictures are no longer on the device.</param>
internal sealed record PackResult(
    string Path,
    int Pictures,
    long Bytes,
    bool IsContinued,
    bool IsForgotten
);
