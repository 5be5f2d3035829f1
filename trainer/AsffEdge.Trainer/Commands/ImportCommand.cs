using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Checkpoints.Import;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train import</c>: weights of the paper's authors, of torchvision or of Darknet become a checkpoint.</summary>
public static class ImportCommand
{
    private const int Seed = 1;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var source = new Argument<FileInfo>("file")
        {
            Description =
                "What torch.save wrote (.pth) or safetensors, with the names of the paper's authors or, for RetinaNet, torchvision's; or Darknet's .weights (the backbone alone).",
        };
        NetworkOptions network = new();
        var labels = new Option<FileInfo?>("--labels")
        {
            Description =
                "Text file with a class name a line, in the order of the classes (default: class0, class1, …).",
        };
        var key = new Option<string?>("--key")
        {
            Description =
                "Which dictionary of tensors to take, for example ema (default: the one with the most tensors).",
        };
        var partial = new Option<bool>("--partial")
        {
            Description =
                "Start what the file lacks, or has in another shape, with fresh values instead of failing.",
        };
        var normEpsilon = new Option<double>("--norm-eps")
        {
            Description =
                "What the norms of the file's network add to the variance, 0 to 0.01; torchvision's RetinaNet of COCO_V1 was made with 0.",
            DefaultValueFactory = _ => TorchOps.NormEpsilon,
        };
        var output = new Option<FileInfo>("--out")
        {
            Description = "Checkpoint to write.",
            Required = true,
        };
        var command = new Command(
            "import",
            "Turn another program's weights into a checkpoint.\n\nExample: asff-train import asff.pth --variant asff --classes 80 --labels config/labels/coco.txt --out asff.safetensors"
        )
        {
            source,
            labels,
            key,
            partial,
            normEpsilon,
            output,
        };
        network.AddTo(command);
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    CommandErrors.RequireWritable(
                        [parsed.GetRequiredValue(source).FullName],
                        parsed.GetRequiredValue(output)
                    );
                    NetworkConfiguration configuration = network.Read(parsed);
                    string[] names = ReadLabels(parsed.GetValue(labels), configuration.Classes);
                    using ImportedWeights weights = ImportedWeights.Open(
                        parsed.GetRequiredValue(source).FullName,
                        configuration,
                        parsed.GetValue(key)
                    );
                    var plan = new ImportPlan(weights, configuration);
                    TextWriter console = parsed.InvocationConfiguration.Output;
                    ImportReport.Write(console, weights, plan);
                    RequireComplete(weights, plan, parsed.GetValue(partial));
                    double epsilon = ReadEpsilon(parsed.GetValue(normEpsilon), weights);
                    string path = parsed.GetRequiredValue(output).FullName;
                    Save(path, weights, plan, epsilon, configuration, names);
                    console.WriteLine(
                        plan.Absent == 0
                            ? $"{path}: complete"
                            : $"{path}: {plan.Absent} tensors have fresh values and need training"
                    );
                    return 0;
                }
            )
        );
        return command;
    }

    private static void RequireComplete(ImportedWeights weights, ImportPlan plan, bool partial)
    {
        if (plan.Absent == plan.Entries.Count)
        {
            throw new InvalidDataException(
                $"{weights.Path}: none of its {weights.Tensors.Count} tensors fits this network{FindFit(weights)}"
            );
        }

        if (plan.Absent > 0 && !partial && !weights.IsBackbone)
        {
            throw new InvalidDataException(
                $"{weights.Path}: {plan.Absent} of {plan.Entries.Count} tensors are missing or of another shape{FindFit(weights)}; "
                    + "--partial starts them with fresh values"
            );
        }
    }

    /// <summary>The variant and the number of classes that the file is of, as a hint.</summary>
    private static string FindFit(ImportedWeights weights)
    {
        foreach (string variant in Variants.Names)
        {
            NetworkConfiguration network = Variants.Create(variant, classes: 1);
            bool isRetinaNet = network.Detector == DetectorKind.RetinaNet;
            string bias = AuthorNames.For(network)[
                isRetinaNet ? "head.class.prediction.bias" : "head.level0.prediction.bias"
            ];
            long outputs = weights.Tensors.FirstOrDefault(tensor => tensor.Name == bias)
                is { Shape: [var size] }
                ? size
                : 0;
            long classes = isRetinaNet
                ? outputs / RetinaAnchors.PerCell
                : (outputs / network.Predictions) - 5;
            if (
                classes is >= 1 and <= 1000
                && new ImportPlan(weights, Variants.Create(variant, (int)classes)).Absent == 0
            )
            {
                return $"; the file is of --variant {variant} --classes {classes}";
            }
        }

        return "; allowed: weights under the authors' (RetinaNet: torchvision's) names, of this --variant and these --classes";
    }

    private static void Save(
        string path,
        ImportedWeights weights,
        ImportPlan plan,
        double normEpsilon,
        NetworkConfiguration network,
        string[] labels
    )
    {
        var defaults = new ModelOptions();
        using NetworkState state = plan.CreateState(Seed, normEpsilon);
        Checkpoint.Save(
            path,
            state,
            new CheckpointInfo(
                Path.GetFileNameWithoutExtension(weights.Path),
                defaults.Version,
                network,
                labels,
                new ThresholdManifest(ModelOptions.DefaultScoreThreshold, defaults.NmsThreshold),
                new JsonObject
                {
                    ["imported_from"] = Path.GetFileName(weights.Path),
                    ["imported_tensors"] = plan.Entries.Count(plan.IsMatched),
                    ["fresh_tensors"] = plan.Entries.Count(entry => !plan.IsMatched(entry)),
                }
            )
        );
    }

    private static double ReadEpsilon(double epsilon, ImportedWeights weights)
    {
        if (epsilon is not (>= 0 and <= 0.01))
        {
            throw new ConfigurationException($"--norm-eps is {epsilon}; allowed: 0 to 0.01");
        }

        return !weights.IsBackbone || epsilon == TorchOps.NormEpsilon
            ? epsilon
            : throw new ConfigurationException(
                $"--norm-eps does not go with {weights.Path}: Darknet's norms are known"
            );
    }

    private static string[] ReadLabels(FileInfo? file, int classes)
    {
        if (file is null)
        {
            return
            [
                .. Enumerable
                    .Range(0, classes)
                    .Select(index => string.Create(CultureInfo.InvariantCulture, $"class{index}")),
            ];
        }

        if (!file.Exists)
        {
            throw new ConfigurationException($"{file}: there is no such file");
        }

        string[] labels =
        [
            .. File.ReadLines(file.FullName)
                .Select(line => line.Trim())
                .Where(line => line.Length > 0),
        ];
        return labels.Length == classes
            ? labels
            : throw new ConfigurationException(
                $"{file}: {labels.Length} names for {classes} classes; allowed: a name a line, one for each class"
            );
    }
}
