using System.CommandLine;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train compare</c>: whether a new model is better than the old one.</summary>
public static class CompareCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var old = new Argument<FileInfo>("old")
        {
            Description = "The model in use: an ONNX file, run as on a device, or a checkpoint.",
        };
        var next = new Argument<FileInfo>("new")
        {
            Description = "The model that may take its place; of the same classes.",
        };
        var data = new Option<string>("--data")
        {
            Description =
                "The truth, held out from training. coco: JSON file, or a data set's folder for its held-out part; voc, yolo: as for evaluate.",
            Required = true,
        };
        var images = new Option<string?>("--images")
        {
            Description = "Image folder, or the video that the annotations are of.",
        };
        var format = new Option<DataFormat>("--format")
        {
            Description = "How the truth is written.",
            DefaultValueFactory = _ => DataFormat.Coco,
        };
        var sizes = new Option<int[]>("--sizes")
        {
            Description =
                "Input sizes, multiples of 32; the first is the one whose changes are shown.",
            DefaultValueFactory = _ => [416],
            AllowMultipleArgumentsPerToken = true,
        };
        var nms = new Option<float>("--nms")
        {
            Description = "NMS threshold, 0 to 1.",
            DefaultValueFactory = _ => 0.6f,
        };
        var draws = new Option<int>("--draws")
        {
            Description = "Draws of the bootstrap.",
            DefaultValueFactory = _ => 1000,
        };
        var together = new Option<int>("--together")
        {
            Description =
                "Neighbouring images that are drawn together: for a video, the frames of a few seconds. There must be at least 5 such draws.",
            DefaultValueFactory = _ => 1,
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Seed of the bootstrap.",
            DefaultValueFactory = _ => 1,
        };
        var json = new Option<FileInfo?>("--json")
        {
            Description = "Write everything to this file as JSON.",
        };
        var page = new Option<FileInfo?>("--page")
        {
            Description =
                "Write one HTML file with tables, curves, and pictures of what is found or lost now.",
        };
        var pictures = new Option<int>("--pictures")
        {
            Description = "Pictures on the page at most.",
            DefaultValueFactory = _ => 40,
        };
        var plot = new Option<FileInfo?>("--plot")
        {
            Description = "Draw precision against recall into this PNG file.",
        };
        var command = new Command(
            "compare",
            """
            Compare two models on held-out images: AP with 95 % intervals (paired bootstrap over images), speed in the same run, and what changes.
            The new model is better or worse where the whole interval of the difference of AP, a mean over the sizes, is above or below 0, else equal.

            Exit codes: 0 better, 3 equal, 4 worse; 1 failed, 2 wrong usage or other classes.

            Examples:
              asff-train compare models/pedestrian.onnx new.onnx --data data/v3 --sizes 416 608 --page changes.html
              asff-train compare old.onnx new.onnx --data val.json --images clip.avi --together 20 && asff-fleet ...
            """
        )
        {
            old,
            next,
            data,
            images,
            format,
            sizes,
            nms,
            draws,
            together,
            seed,
            json,
            page,
            pictures,
            plot,
        };
        command.SetAction(
            (parsed, cancellation) =>
                CommandErrors.CatchAsync(
                    parsed,
                    () =>
                    {
                        var request = new ComparisonRequest(
                            parsed.GetRequiredValue(old).FullName,
                            parsed.GetRequiredValue(next).FullName,
                            parsed.GetRequiredValue(data),
                            parsed.GetValue(images),
                            parsed.GetValue(format),
                            [.. parsed.GetRequiredValue(sizes).Distinct()],
                            parsed.GetValue(nms),
                            parsed.GetValue(draws),
                            parsed.GetValue(together),
                            parsed.GetValue(seed),
                            parsed.GetValue(pictures)
                        );
                        request.Check();
                        var outputs = new ComparisonOutputs(
                            parsed.GetValue(json),
                            parsed.GetValue(page),
                            parsed.GetValue(plot)
                        );
                        CommandErrors.RequireWritable(
                            [request.Old, request.New, request.Data],
                            outputs.Json,
                            outputs.Page,
                            outputs.Plot
                        );
                        return new ComparisonSession(
                            request,
                            outputs,
                            WorkProgress.Open(parsed.InvocationConfiguration.Output)
                        ).Run(cancellation);
                    }
                )
        );
        return command;
    }
}

/// <summary>What is compared.</summary>
internal sealed record ComparisonRequest(
    string Old,
    string New,
    string Data,
    string? Images,
    DataFormat Format,
    int[] Sizes,
    float Nms,
    int Draws,
    int Together,
    int Seed,
    int Pictures
)
{
    /// <summary>Refuses what cannot be, before the work.</summary>
    /// <exception cref="ConfigurationException">An option is out of range.</exception>
    public void Check()
    {
        Array.ForEach(Sizes, size => CommandErrors.RequireSize(size));
        CommandErrors.RequireShare("--nms", Nms);
        string? problem =
            Sizes.Length == 0 ? "--sizes is empty; allowed: at least one"
            : Draws is < 100 or > 1_000_000 ? $"--draws is {Draws}; allowed: 100 to 1000000"
            : Together < 1 ? $"--together is {Together}; allowed: 1 and above"
            : Pictures is < 0 or > 10_000 ? $"--pictures is {Pictures}; allowed: 0 to 10000"
            : null;
        if (problem is not null)
        {
            throw new ConfigurationException(problem);
        }
    }
}

/// <summary>Files to write.</summary>
internal sealed record ComparisonOutputs(FileInfo? Json, FileInfo? Page, FileInfo? Plot);
