using System.Diagnostics;
using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Optimization;

/// <summary>One training: network, optimiser and loader, step by step.</summary>
public sealed class TrainingRun : IDisposable
{
    // Enough for statistics of a channel's mean and deviation within a few percent: every picture has thousands of values a channel.
    private const int NormImages = 64;

    private readonly TrainingConfiguration _configuration;
    private readonly BatchLoader _loader;
    private readonly IDetectorLoss _loss;
    private readonly WeightOptimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly Device _device;

    /// <summary>Prepares a run from fresh weights, or from a checkpoint's or an ONNX file's (<see cref="ModelOptions.Weights"/>).</summary>
    /// <param name="configuration">How to train.</param>
    /// <param name="dataset">The pictures.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="rehearsed">Old pictures, a share of every step (<see cref="DataOptions.Rehearsal"/>).</param>
    /// <exception cref="InvalidDataException">The file with the weights cannot be used.</exception>
    /// <exception cref="ConfigurationException">A step takes more images than there are, or a part that is to be frozen does not exist.</exception>
    public TrainingRun(
        TrainingConfiguration configuration,
        IDetectionDataset dataset,
        Device? device = null,
        IDetectionDataset? rehearsed = null
    )
    {
        int images = configuration.ImagesPerStep;
        int old = rehearsed is null
            ? 0
            : (configuration.Data.Rehearsal ?? new RehearsalOptions()).PerStep(images);
        if (images - old > dataset.Count)
        {
            throw new ConfigurationException(
                $"batch_size {configuration.BatchSize} × accumulate {configuration.Accumulate} = {images} images a step{(old > 0 ? $", {old} of them old ones" : "")}, but the data set holds {dataset.Count} images; allowed: at most as many"
            );
        }

        _configuration = configuration;
        _device = device ?? CPU;
        Network = configuration.Model.CreateNetwork(dataset.Labels.Count);
        if (configuration.Model.Weights is { } weights)
        {
            (State, TakenTensors) = StartingWeights.Load(
                weights,
                Network,
                configuration.Seed,
                _device
            );
        }
        else
        {
            State = NetworkState.Initialise(Network, configuration.Seed, _device);
        }

        FrozenParts.Apply(configuration.Optimizer, State);
        _loader = new BatchLoader(
            rehearsed is null ? dataset : new MixedDataset(dataset, rehearsed),
            new BatchLoaderOptions
            {
                BatchSize = images,
                SizeAt = configuration.SizeAt,
                AugmentationAt = configuration.AugmentationAt,
                Workers = configuration.Workers,
                Seed = (ulong)configuration.Seed,
                Rehearsal = rehearsed is null ? null : new Rehearsal(dataset.Count, old),
            }
        );
        if (configuration.Model.Weights is { } file && OnnxWeights.IsOnnx(file))
        {
            MeasureNorms();
        }

        _average =
            configuration.EmaDecay > 0
                ? new WeightAverage(Network, State, configuration.EmaDecay)
                : null;
        _loss = DetectorLoss.Create(Network, configuration.Loss);
        _optimizer = WeightOptimizer.Create(configuration.Optimizer, State);
    }

    /// <summary>The network's shape.</summary>
    public NetworkConfiguration Network { get; }

    /// <summary>Tensors that came from <see cref="ModelOptions.Weights"/>; the others started fresh.</summary>
    public int TakenTensors { get; }

    /// <summary>The weights that are trained.</summary>
    public NetworkState State { get; }

    /// <summary>The weights to save: the moving average where there is one.</summary>
    public NetworkState BestState => _average?.State ?? State;

    /// <summary>Steps an epoch.</summary>
    public int StepsPerEpoch => _loader.StepsPerEpoch;

    /// <summary>Steps done since the start of training, in this process or before.</summary>
    public int StepsDone { get; internal set; }

    /// <summary>Epochs done, whole ones.</summary>
    public int EpochsDone => StepsDone / StepsPerEpoch;

    /// <summary>Every tensor that decides how the run goes on, by part and name: what is saved and restored. The run owns them.</summary>
    public IEnumerable<(string Part, IEnumerable<KeyValuePair<string, Tensor>> Tensors)> Parts =>
        _average is null
            ? [("weights", State.Tensors), ("optimizer", _optimizer.Buffers)]
            :
            [
                ("weights", State.Tensors),
                ("average", _average.State.Tensors),
                ("optimizer", _optimizer.Buffers),
            ];

    /// <summary>Share of the time spent waiting for pictures, 0..1.</summary>
    public double WaitShare => _loader.WaitShare;

    /// <summary>Runs the steps that are left.</summary>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="onEpoch">Told after every epoch, with its number from 1.</param>
    /// <param name="cancellation">Ends the run between two steps, with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="NotFiniteNumberException">The loss or a gradient is not finite; the message names step, size and images.</exception>
    public void Run(Action<StepReport> onStep, Action<int> onEpoch, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        IEnumerable<Batch> batches = _loader.RunSteps(
            StepsDone,
            _configuration.Epochs * StepsPerEpoch,
            cancellation
        );
        foreach (Batch batch in batches)
        {
            using (batch)
            {
                double rate = LearningRateSchedule.At(
                    _configuration.Optimizer,
                    batch.Step,
                    StepsPerEpoch,
                    _configuration.Epochs
                );
                LossTerms terms = Step(batch, rate);
                StepsDone = batch.Step + 1;
                long ended = Stopwatch.GetTimestamp();
                onStep(
                    new StepReport(
                        batch.Step,
                        batch.Epoch,
                        batch.Size,
                        rate,
                        terms,
                        Stopwatch.GetElapsedTime(started, ended).TotalSeconds
                    )
                );
                started = ended;
                if (StepsDone % StepsPerEpoch == 0)
                {
                    onEpoch(EpochsDone);
                }

                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Checks what is about to be saved.</summary>
    /// <exception cref="NotFiniteNumberException">A value is NaN or infinite; the message names its tensor.</exception>
    public void RequireFinite()
    {
        foreach ((string part, IEnumerable<KeyValuePair<string, Tensor>> tensors) in Parts)
        {
            foreach ((string name, Tensor values) in tensors)
            {
                using DisposeScope scope = NewDisposeScope();
                if (!values.detach().isfinite().all().item<bool>())
                {
                    throw new NotFiniteNumberException(
                        $"'{name}' ({part}) is not finite after step {StepsDone - 1}"
                    );
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loader.Dispose();
        _optimizer.Dispose();
        _average?.Dispose();
        State.Dispose();
    }

    // With the pictures that the first steps will see.
    private void MeasureNorms()
    {
        var statistics = new NormStatistics(State, Network);
        int steps = Math.Max(1, NormImages / _configuration.ImagesPerStep);
        foreach (Batch batch in _loader.RunSteps(0, steps))
        {
            using (batch)
            using (DisposeScope scope = NewDisposeScope())
            {
                statistics.Add(
                    tensor(batch.Images, [batch.Count, 3, batch.Size, batch.Size], device: _device)
                );
            }
        }

        statistics.Apply();
    }

    private LossTerms Step(Batch batch, double rate)
    {
        _optimizer.ClearGradients();
        LossTerms terms = default;
        for (int part = 0; part < _configuration.Accumulate; part++)
        {
            terms += AddGradients(batch, part);
        }

        using CollectionPause pause = CollectionPause.Start();
        double norm = _optimizer.ClipGradients(_configuration.Optimizer.ClipNorm);
        if (!double.IsFinite(norm))
        {
            throw new NotFiniteNumberException(
                $"the gradient's norm is {norm} at {Describe(batch, batch.Names)}",
                norm
            );
        }

        _optimizer.Update(batch.Step, rate);
        _average?.Update(batch.Step);
        return terms / _configuration.Accumulate;
    }

    /// <summary>Adds the gradients of the batch's images from part·<see cref="TrainingConfiguration.BatchSize"/> on.</summary>
    private LossTerms AddGradients(Batch batch, int part)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        int count = _configuration.BatchSize;
        int values = 3 * batch.Size * batch.Size;
        const int columns = Batch.MaxObjects * Batch.ValuesPerObject;
        Tensor images = tensor(
            batch.Images.Slice(part * count * values, count * values),
            [count, 3, batch.Size, batch.Size],
            device: _device
        );
        // Channels-last strides: the CPU's convolutions and norms then skip their layout conversions.
        images = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var targets = new TargetBatch(
            batch.Targets.Slice(part * count * columns, count * columns),
            count,
            Batch.MaxObjects,
            Batch.ValuesPerObject
        );
        var ops = new TorchOps(State, training: true)
        {
            Bfloat16 = _configuration.Bfloat16,
            IsFrozen = _configuration.Optimizer.IsFrozen,
            DropBlockSettings = Network.DropBlock ? DropBlockAt(batch, part) : null,
        };
        (Tensor total, LossTerms terms) = _loss.Compute(
            DetectorNetwork.Forward(ops, images, Network),
            targets,
            batch.Size
        );
        if (!double.IsFinite(terms.Total))
        {
            string[] names = batch.Names[(part * count)..((part + 1) * count)];
            throw new NotFiniteNumberException(
                $"the loss is {terms.Total} at {Describe(batch, names)}",
                terms.Total
            );
        }

        // The loss is a mean over its images already; the mean over all parts is that of one large batch.
        (total / _configuration.Accumulate).backward();
        return terms;
    }

    private DropBlockSettings? DropBlockAt(Batch batch, int part)
    {
        // Numbers below -1 are no sample and no order of the loader's, so the masks have a stream of their own.
        var random = SampleRandom.For((ulong)_configuration.Seed, batch.Step, -2 - part);
        return DropBlockSchedule.At(batch.Epoch, _configuration.Epochs, random.NextBits());
    }

    private static string Describe(Batch batch, string[] names) =>
        $"step {batch.Step}, size {batch.Size}, images {string.Join(", ", names)}";
}
