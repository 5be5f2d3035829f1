using System.CommandLine;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary><c>asff-train dataset</c>: from the footage of many devices to a data set, and from one version of it to the next.</summary>
public static class DatasetCommand
{
    /// <summary>The command.</summary>
    public static Command Create() =>
        new(
            "dataset",
            """
            Build data sets from footage packs, label, correct and compare them. A data set's folder never changes: what changes one writes a new version into --out.

            Example, from packs to a training:
              asff-train dataset build packs/*.tar --out data/v1
              asff-train dataset stats data/v1
              asff-train dataset label data/v1 --teacher large.onnx --size 800 --out data/v2
              asff-train dataset export data/v2 --out corrections.zip      (to CVAT or Label Studio, and back)
              asff-train dataset import data/v2 corrected.json --exported corrections.zip --out data/v3
              asff-train dataset diff data/v2 data/v3
            """
        )
        {
            BuildCommand.Create(),
            StatsCommand.Create(),
            LabelCommand.Create(),
            ExportAnnotationsCommand.Create(),
            ImportCorrectionsCommand.Create(),
            DiffCommand.Create(),
        };
}
