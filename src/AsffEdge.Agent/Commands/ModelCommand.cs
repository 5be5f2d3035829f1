using System.CommandLine;
using System.Globalization;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Control.CommandLine;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge model</c></summary>
public static class ModelCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("model", "Look at model files");
        command.Subcommands.Add(CreateCheck());
        return command;
    }

    private static Command CreateCheck()
    {
        Argument<string> file = new("FILE") { Description = "The ONNX file" };
        Option<string?> sha256 = new("--sha256")
        {
            Description = "The SHA-256 that the file must have",
            HelpName = "HEX",
        };
        Option<string[]> providers = new("--providers")
        {
            Description =
                $"Execution providers to run it on, tried in this order: {string.Join(", ", ModelOptions.KnownProviders)}",
            DefaultValueFactory = _ => ["cpu"],
            AllowMultipleArgumentsPerToken = true,
        };
        providers.AcceptOnlyFromAmong(ModelOptions.KnownProviders);
        sha256.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } given && !ModelOptions.IsSha256(given))
            {
                result.AddError($"--sha256 is '{given}'; allowed: 64 hexadecimal digits");
            }
        });
        Command command = new(
            "check",
            "Check a model file as the agent does before it uses one: its checksum, its manifest, its graph, and what it finds in its golden picture. Exit code 0: good; 1: not; 2: wrong usage"
        )
        {
            file,
            sha256,
            providers,
        };
        HelpWithExamples.AddTo(
            command,
            "asff-edge model check models/pedestrian.onnx",
            "asff-edge model check new.onnx --sha256 $(cut -d' ' -f1 new.onnx.sha256)",
            "asff-edge model check new.onnx --providers cuda"
        );
        command.SetAction(arguments =>
            Check(
                Path.GetFullPath(arguments.GetRequiredValue(file)),
                arguments.GetValue(sha256)?.ToLowerInvariant(),
                arguments.GetRequiredValue(providers)
            )
        );
        return command;
    }

    private static int Check(string path, string? sha256, string[] providers)
    {
        try
        {
            using LoadedModel model = ModelLoader.Open(
                path,
                sha256,
                new ModelOptions { Path = path, Providers = providers },
                out IReadOnlyList<GoldenResult> golden
            );
            Write(model, golden);
            return ExitCodes.Done;
        }
        catch (ModelException error)
        {
            Console.Error.WriteLine($"asff-edge: {NameOf(error.Fault)}: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    private static string NameOf(ModelFault fault) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString());

    private static void Write(LoadedModel model, IReadOnlyList<GoldenResult> golden)
    {
        ModelContent content = model.Detector.Content;
        ModelManifest manifest = content.Manifest;
        Row("model", $"{manifest.Name} {manifest.Version}, {manifest.Decoder}");
        Row("file", Invariant($"{content.Path}, {content.Length / 1e6:F1} MB"));
        Row("sha256", content.Sha256);
        Row("checksum", "holds");
        Row("labels", Invariant($"{manifest.Labels.Count}: {Shorten(manifest.Labels)}"));
        Row("sizes", manifest.Input.DescribeSizes());
        Row("provider", model.Name.Provider);
        foreach (string skipped in model.Detector.SkippedProviders)
        {
            Row("", $"not {skipped}");
        }

        foreach (GoldenResult size in golden)
        {
            Row(
                size == golden[0] ? "golden" : "",
                Invariant(
                    $"size {size.Size}: {size.Found} found, {size.Expected} that must be; scores differ by {size.ScoreError:F3}, least IoU {size.LeastOverlap:F3}"
                )
            );
        }

        if (golden.Count == 0)
        {
            Row("golden", "none, so what it finds was not checked; 'asff-train golden' adds one");
        }

        Row("result", golden.Count > 0 ? "good" : "whole, and it runs");

        void Row(string name, string value) => Console.WriteLine($"{name, -9} {value}");
    }

    private static string Shorten(IReadOnlyList<string> labels)
    {
        const int Most = 8;
        return string.Join(", ", labels.Take(Most)) + (labels.Count > Most ? ", …" : "");
    }

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}
