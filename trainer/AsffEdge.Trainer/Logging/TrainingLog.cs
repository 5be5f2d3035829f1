using System.Globalization;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Losses;

namespace AsffEdge.Trainer.Logging;

/// <summary>The log of a training, <c>log.csv</c>: one row an epoch.</summary>
internal sealed class TrainingLog : IDisposable
{
    /// <summary>The file's name in a run's folder.</summary>
    public const string FileName = "log.csv";

    /// <summary>The column that counts epochs, from 1.</summary>
    public const string Epoch = "epoch";

    private const string Header =
        $"{Epoch},learning_rate,total,anchor,iou,l1,objectness,class,images_per_second,seconds,loader_wait,ap,ap50";

    private readonly StreamWriter _file;

    /// <summary>Opens the log of a run.</summary>
    /// <param name="folder">The run's folder, which exists.</param>
    /// <param name="finishedEpochs">
    /// Epochs that a resumed run has behind it: their rows stay, later ones (of epochs that will be repeated) go. 0 starts a new log.
    /// </param>
    public TrainingLog(string folder, int finishedEpochs)
    {
        string path = Path.Combine(folder, FileName);
        string[] kept =
            finishedEpochs > 0 && File.Exists(path) ? Kept(path, finishedEpochs) : [Header];
        _file = new StreamWriter(path) { AutoFlush = true };
        foreach (string line in kept)
        {
            _file.WriteLine(line);
        }
    }

    /// <summary>Adds an epoch's row.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="learningRate">Rate of its last step.</param>
    /// <param name="loss">Mean of its steps.</param>
    /// <param name="imagesPerSecond">Images trained on a second.</param>
    /// <param name="seconds">Duration of its steps.</param>
    /// <param name="waitShare">Share of the time spent waiting for pictures, 0..1.</param>
    /// <param name="validation">What its weights reach on the validation set; null where that was not measured.</param>
    public void Add(
        int epoch,
        double learningRate,
        LossTerms loss,
        double imagesPerSecond,
        double seconds,
        double waitShare,
        CocoResult? validation
    ) =>
        _file.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{epoch},{learningRate:G5},{loss.Total:F4},{loss.Anchor:F4},{loss.Iou:F4},{loss.L1:F4},{loss.Objectness:F4},{loss.Class:F4},{imagesPerSecond:F2},{seconds:F1},{waitShare:F3},{validation?.AP:F4},{validation?.AP50:F4}"
            )
        );

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string[] Kept(string path, int finishedEpochs) =>
        [
            Header,
            .. File.ReadLines(path)
                .Where(line =>
                    int.TryParse(
                        line.Split(',')[0],
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out int epoch
                    )
                    && epoch <= finishedEpochs
                ),
        ];
}
