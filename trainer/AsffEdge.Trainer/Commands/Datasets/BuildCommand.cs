using System.CommandLine;
using AsffEdge.Detection;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Optimization;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary><c>asff-train dataset build</c>: merges packs.</summary>
internal static class BuildCommand
{
    private const double DefaultBlock = 3600;
    private const double DefaultGap = 60;
    private const int DefaultEvery = 5;
    private const int DefaultNear = 10;

    public static Command Create()
    {
        var packs = new Argument<FileInfo[]>("packs")
        {
            Description = "Footage packs (docs/footage.md), of any number of devices.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<DirectoryInfo> output = DatasetOptions.Output();
        var basis = new Option<DirectoryInfo?>("--base")
        {
            Description =
                "A data set to add the packs to; its pictures, labels and division stay as they are.",
        };
        var block = new Option<double?>("--block")
        {
            Description =
                "Seconds of a camera's footage that stay together when it is divided (default: 3600).",
        };
        var gap = new Option<double?>("--gap")
        {
            Description =
                "Seconds between what is held out and what is trained on; what lies between is left out (default: 60).",
        };
        var every = new Option<int?>("--validation-every")
        {
            Description =
                "Hold out one block of so many, of every camera (default: 5); 0: none, 2 and above.",
        };
        var cameras = new Option<string[]>("--validation-cameras")
        {
            Description = "Hold out these cameras altogether, as agent/camera.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        var near = new Option<int>("--near-duplicates")
        {
            Description =
                "Bits of 256 by which the hashes of two pictures of the same objects may differ before both are kept; -1 keeps all.",
            DefaultValueFactory = _ => DefaultNear,
        };
        var unmasked = new Option<bool>("--take-unmasked")
        {
            Description = "Take pictures that no privacy masks were drawn into.",
        };
        var command = new Command(
            "build",
            """
            Merge footage packs into a data set: checks every file, leaves out duplicates, and divides by camera and time so that neighbours never fall on both sides. Nothing is left of a build that fails.

            Examples:
              asff-train dataset build edge-*.tar --out data/v1
              asff-train dataset build new.tar --base data/v1 --out data/v2
              asff-train dataset build clip.tar --block 10 --gap 1 --out data/clip
            """
        )
        {
            packs,
            output,
            basis,
            block,
            gap,
            every,
            cameras,
            near,
            unmasked,
        };
        command.SetAction(
            (parsed, cancellation) =>
                CommandErrors.CatchAsync(
                    parsed,
                    () =>
                    {
                        var split = new SplitOptions(
                            parsed.GetValue(block) ?? DefaultBlock,
                            parsed.GetValue(gap) ?? DefaultGap,
                            parsed.GetValue(every) ?? DefaultEvery,
                            [
                                .. parsed
                                    .GetRequiredValue(cameras)
                                    .Distinct()
                                    .Order(StringComparer.Ordinal),
                            ]
                        );
                        bool hasSplit =
                            parsed.GetValue(block) is not null
                            || parsed.GetValue(gap) is not null
                            || parsed.GetValue(every) is not null
                            || split.ValidationCameras.Count > 0;
                        var options = new BuildOptions(
                            split,
                            parsed.GetValue(near),
                            parsed.GetValue(unmasked)
                        );
                        Check(options, hasSplit && parsed.GetValue(basis) is not null);
                        return Run(
                            [.. parsed.GetRequiredValue(packs).Select(pack => pack.FullName)],
                            parsed.GetValue(basis)?.FullName,
                            options,
                            DatasetOptions.Fresh(parsed.GetRequiredValue(output)),
                            WorkProgress.Open(parsed.InvocationConfiguration.Output),
                            cancellation
                        );
                    }
                )
        );
        return command;
    }

    private static void Check(BuildOptions options, bool dividesBase)
    {
        SplitOptions split = options.Split;
        string? problem =
            dividesBase
                ? "--base: a data set keeps its division; leave out --block, --gap, --validation-every and --validation-cameras"
            : split.GapSeconds is not (>= 0 and <= 86400)
                ? $"--gap is {split.GapSeconds}; allowed: 0 to 86400"
            : split.BlockSeconds is not (>= 1 and <= 31536000)
            || split.BlockSeconds < 2 * split.GapSeconds
                ? $"--block is {split.BlockSeconds}; allowed: 1 to 31536000, and at least twice the gap ({split.GapSeconds})"
            : split.ValidationEvery is not (0 or (>= 2 and <= 1000))
                ? $"--validation-every is {split.ValidationEvery}; allowed: 0, or 2 to 1000"
            : options.NearBits is < -1 or > DifferenceHash.Bits
                ? $"--near-duplicates is {options.NearBits}; allowed: -1 to {DifferenceHash.Bits}"
            : null;
        if (problem is not null)
        {
            throw new ConfigurationException(problem);
        }
    }

    private static int Run(
        string[] packs,
        string? basis,
        BuildOptions options,
        string folder,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        DatasetFolder? start = basis is null ? null : DatasetFolder.Open(basis);
        BuildReport report = WorkProgress.Run(
            console,
            [.. packs.Select(pack => Path.GetFileName(pack))],
            onProgress =>
                new DatasetBuilder(options, start).Build(packs, folder, onProgress, cancellation)
        );
        var built = DatasetFolder.Open(folder);
        Table table = DatasetTables.Create("", "images");
        DatasetTables.Row(table, "in the packs", report.Images);
        DatasetTables.Row(table, "the same file twice", -report.Duplicates);
        DatasetTables.Row(table, "near-duplicates", -report.NearDuplicates);
        DatasetTables.Row(table, "in the gaps of the division", -report.InGap);
        if (start is not null)
        {
            DatasetTables.Row(table, "in the base", start.Items.Count);
        }

        DatasetTables.Row(table, "to train on", report.Train);
        DatasetTables.Row(table, "held out", report.Validation);
        console.Write(table);
        if (report.KnownPacks > 0)
        {
            console.WriteLine($"{report.KnownPacks} packs were there already");
        }

        // Past the console, which would break lines where a program looks for the rest.
        TextWriter plain = console.Profile.Out.Writer;
        foreach (string warning in Warnings(built))
        {
            plain.WriteLine(warning);
        }

        plain.WriteLine(
            $"{folder}: classes {string.Join(", ", built.Manifest.Classes)}; manifest {built.Sha256}"
        );
        return 0;
    }

    // Whoever rolls models out relies on a name and version being one file; footage shows where that was broken.
    private static IEnumerable<string> Warnings(DatasetFolder built)
    {
        IEnumerable<string> models = built
            .Items.Select(item => item.Image.Model)
            .Distinct()
            .GroupBy(model => (model.Name, model.Version))
            .Where(group => group.Count() > 1)
            .Select(group =>
                $"warning: {group.Count()} different files were called {group.Key.Name} {group.Key.Version}"
            );
        string[] cameras =
        [
            .. built
                .Items.Select(item => item.Image.Camera)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        // Their footage may come later, or the name may be wrong.
        IEnumerable<string> missing = built
            .Manifest.Split.ValidationCameras.Except(cameras)
            .Select(camera =>
                $"warning: there is no picture of {camera}, which is to be held out (--validation-cameras); there are {string.Join(", ", cameras)}"
            );
        return models.Concat(missing);
    }
}
