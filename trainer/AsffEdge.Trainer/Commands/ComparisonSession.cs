using System.Globalization;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Comparison;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Prediction;
using AsffEdge.Trainer.Visualization;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary>One call of <c>asff-train compare</c>.</summary>
internal sealed class ComparisonSession(
    ComparisonRequest request,
    ComparisonOutputs outputs,
    IAnsiConsole console
)
{
    private const int FewestDrawn = 5;

    /// <summary>Compares, shows and writes.</summary>
    /// <returns>The exit code that says the verdict.</returns>
    public int Run(CancellationToken cancellation)
    {
        using IPredictor old = Predictor.Open(request.Old);
        using IPredictor next = Predictor.Open(request.New);
        RequireSameClasses(old.Manifest, next.Manifest);
        using LabelledDataset dataset = Open(old.Manifest.Labels);
        RequireEnough(dataset);
        (PairedRun run, IReadOnlyList<ComparedFigure> figures) = WorkProgress.Run(
            console,
            [$"run both on {dataset.Count} images", $"draw {request.Draws} times"],
            onProgress =>
            {
                PairedRun done = new PairedEvaluation(dataset, request.Sizes, request.Nms).Run(
                    old,
                    next,
                    share => onProgress(0, share),
                    cancellation
                );
                return (
                    done,
                    new PairedBootstrap(
                        dataset.Count,
                        request.Draws,
                        request.Together,
                        (ulong)request.Seed
                    ).Compare(
                        FigureList.Create(dataset.Annotations, done),
                        share => onProgress(1, share),
                        cancellation
                    )
                );
            }
        );
        IReadOnlyList<DetectionChanges> changes = DetectionChanges.Of(
            dataset.Annotations,
            run.Old[0].Detections,
            old.Manifest.Thresholds.Score,
            run.New[0].Detections,
            next.Manifest.Thresholds.Score
        );
        Verdict verdict = Verdicts.Of(figures[0]);
        var report = new ComparisonReport(
            verdict.ToString().ToLowerInvariant(),
            Verdicts.Rule,
            Describe(old.Manifest, request.Old),
            Describe(next.Manifest, request.New),
            dataset.Count,
            request.Draws,
            request.Together,
            request.Seed,
            figures,
            [
                .. request.Sizes.Select(
                    (size, index) =>
                        new ComparedSpeed(
                            size,
                            run.Old[index].Median,
                            run.Old[index].Percentile95,
                            run.New[index].Median,
                            run.New[index].Percentile95
                        )
                ),
            ],
            request.Sizes[0],
            new ChangeCounts(
                changes.Sum(one => one.Found.Count),
                changes.Sum(one => one.Lost.Count),
                changes.Sum(one => one.FalseNow.Count),
                changes.Sum(one => one.FalseGone.Count)
            )
        );
        ComparisonTable.Show(console, report);
        Write(report, dataset, run, changes);
        return verdict.ExitCode();
    }

    private void Write(
        ComparisonReport report,
        LabelledDataset dataset,
        PairedRun run,
        IReadOnlyList<DetectionChanges> changes
    )
    {
        if (outputs.Json is { } json)
        {
            report.Write(json.FullName);
        }

        if (outputs.Page is null && outputs.Plot is null)
        {
            return;
        }

        byte[] curves = DrawCurves(dataset.Annotations, run);
        if (outputs.Plot is { } plot)
        {
            AtomicFile.Write(plot.FullName, stream => stream.Write(curves));
        }

        if (outputs.Page is { } page)
        {
            AtomicFile.Write(
                page.FullName,
                stream =>
                    new ChangesPage(report, dataset).Write(
                        stream,
                        changes,
                        curves,
                        request.Pictures
                    )
            );
            console.WriteLine($"{page}: what changed");
        }
    }

    // Of less, every draw is nearly the same, so that the interval is too narrow and chance passes for a better model.
    private void RequireEnough(LabelledDataset dataset)
    {
        int drawn = (dataset.Count - 1) / request.Together + 1;
        if (drawn < FewestDrawn)
        {
            throw new ConfigurationException(
                $"{request.Data}: {dataset.Count} images, {request.Together} drawn together (--together), are {drawn} to draw from; allowed: at least {FewestDrawn}"
            );
        }

        if (dataset.Annotations.Objects.All(one => one.IsCrowd || one.IsDifficult))
        {
            throw new InvalidDatasetException(
                $"{request.Data}: holds no objects that count, so no model can be better; expected at least one"
            );
        }
    }

    // A data set's folder stands for the part that was never trained on.
    private LabelledDataset Open(IReadOnlyList<string> labels)
    {
        if (!File.Exists(Path.Combine(request.Data, DatasetFolder.ManifestName)))
        {
            return LabelledDataset.Open(request.Data, request.Images, labels, request.Format);
        }

        var folder = DatasetFolder.Open(request.Data);
        return LabelledDataset.Open(
            Path.Combine(request.Data, folder.Manifest.Validation.File),
            request.Images ?? Path.Combine(request.Data, DatasetFolder.ImagesName),
            labels
        );
    }

    private void RequireSameClasses(ModelManifest old, ModelManifest next)
    {
        if (!old.Labels.Order().SequenceEqual(next.Labels.Order()))
        {
            throw new ConfigurationException(
                $"{request.New}: is a model for {string.Join(", ", next.Labels)}; {request.Old} is for {string.Join(", ", old.Labels)}: only models for the same classes can be compared"
            );
        }
    }

    private static byte[] DrawCurves(AnnotationSet annotations, PairedRun run)
    {
        PrecisionRecall? Curve(SizeRun one) =>
            PrecisionRecall.Merge([
                .. CocoEvaluator
                    .Evaluate(annotations.Objects, one.Detections, annotations.Labels.Count)
                    .Classes.Where(result => result.Curve is not null)
                    .Select(result => (result.Curve!, result.Objects)),
            ]);
        return PrecisionRecallPicture.Draw([
            .. run.Sizes.Select(
                (size, index) =>
                    (
                        size.ToString(CultureInfo.InvariantCulture),
                        Curve(run.Old[index]),
                        Curve(run.New[index])
                    )
            ),
        ]);
    }

    private static FootageModel Describe(ModelManifest manifest, string path) =>
        FootageModel.OfFile(manifest.Name, manifest.Version, path);
}
