using System.Globalization;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands;

/// <summary>Shows a training and keeps its log: one CSV row an epoch, a line on the console while it runs.</summary>
internal sealed class TrainingProgress : IDisposable
{
    private readonly TrainingConfiguration _configuration;
    private readonly TrainingRun _run;
    private readonly StreamWriter _log;
    private LossTerms _epochLoss;
    private double _epochSeconds;
    private double _allSeconds;
    private int _epochSteps;
    private StepReport _last;

    public TrainingProgress(
        TrainingConfiguration configuration,
        TrainingRun run,
        int images,
        string folder,
        string device
    )
    {
        _configuration = configuration;
        _run = run;
        _log = new StreamWriter(Path.Combine(folder, "log.csv")) { AutoFlush = true };
        _log.WriteLine(
            "epoch,learning_rate,total,anchor,iou,l1,objectness,class,images_per_second,seconds,loader_wait"
        );
        Console.WriteLine(
            $"{run.Network.Variant} on {device}: {images} images, {configuration.Epochs} epochs of {run.StepsPerEpoch} steps, batch {configuration.BatchSize}"
        );
    }

    public void OnStep(StepReport step)
    {
        _epochLoss += step.Loss;
        _epochSeconds += step.Seconds;
        _epochSteps++;
        _last = step;
        if (!Console.IsOutputRedirected)
        {
            Console.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"\repoch {step.Epoch + 1}/{_configuration.Epochs}  step {_epochSteps}/{_run.StepsPerEpoch}  {step.Size} px  loss {step.Loss.Total:F2}  {_configuration.BatchSize / step.Seconds:F1} img/s  "
                )
            );
        }
    }

    public void OnEpoch(int epoch)
    {
        LossTerms mean = _epochLoss / _epochSteps;
        _allSeconds += _epochSeconds;
        double rate = _epochSteps * _configuration.BatchSize / _epochSeconds;
        TimeSpan left = TimeSpan.FromSeconds(_allSeconds / epoch * (_configuration.Epochs - epoch));
        _log.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{epoch},{_last.LearningRate:G5},{mean.Total:F4},{mean.Anchor:F4},{mean.Iou:F4},{mean.L1:F4},{mean.Objectness:F4},{mean.Class:F4},{rate:F2},{_epochSeconds:F1},{_run.WaitShare:F3}"
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(Console.IsOutputRedirected ? "" : "\r")}epoch {epoch}/{_configuration.Epochs}  loss {mean.Total:F2} (anchor {mean.Anchor:F2}, iou {mean.Iou:F2}, l1 {mean.L1:F2}, objectness {mean.Objectness:F2}, class {mean.Class:F2})  rate {_last.LearningRate:G3}  {rate:F1} img/s, waiting {_run.WaitShare:P0}  left {left:hh\\:mm\\:ss}"
            )
        );
        (_epochLoss, _epochSeconds, _epochSteps) = (default, 0, 0);
    }

    public void Dispose() => _log.Dispose();
}
