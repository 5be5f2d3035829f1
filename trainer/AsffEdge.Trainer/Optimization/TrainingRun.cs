using System.Diagnostics;
using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Optimization;

/// <summary>One training: network, optimiser and loader, step by step.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly TrainingConfiguration _configuration;
    private readonly BatchLoader _loader;
    private readonly DetectionLoss _loss;
    private readonly optim.Optimizer _optimizer;
    private readonly Parameter[] _parameters;
    private readonly WeightAverage? _average;
    private readonly Device _device;

    /// <summary>Prepares a run from fresh weights.</summary>
    public TrainingRun(
        TrainingConfiguration configuration,
        IDetectionDataset dataset,
        Device? device = null
    )
    {
        _configuration = configuration;
        _device = device ?? CPU;
        Network = configuration.Model.CreateNetwork(dataset.Labels.Count);
        State = NetworkState.Initialise(Network, configuration.Seed, _device);
        _average =
            configuration.EmaDecay > 0
                ? new WeightAverage(Network, State, configuration.EmaDecay)
                : null;
        _loss = new DetectionLoss(Network, configuration.Loss);
        _parameters =
        [
            .. State
                .Entries.Where(entry => entry.IsTrained)
                .Select(entry => (Parameter)State[entry.Name]),
        ];
        _optimizer = CreateOptimizer();
        _loader = new BatchLoader(
            dataset,
            new BatchLoaderOptions
            {
                BatchSize = configuration.BatchSize,
                SizeAt = configuration.SizeAt,
                AugmentationAt = AugmentationAt,
                Workers = configuration.Workers,
                Seed = (ulong)configuration.Seed,
            }
        );
    }

    /// <summary>The network's shape.</summary>
    public NetworkConfiguration Network { get; }

    /// <summary>The weights that are trained.</summary>
    public NetworkState State { get; }

    /// <summary>The weights to save: the moving average where there is one.</summary>
    public NetworkState BestState => _average?.State ?? State;

    /// <summary>Steps an epoch.</summary>
    public int StepsPerEpoch => _loader.StepsPerEpoch;

    /// <summary>Share of the time spent waiting for pictures, 0..1.</summary>
    public double WaitShare => _loader.WaitShare;

    /// <summary>Runs all epochs.</summary>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="onEpoch">Told after every epoch, with its number from 1.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <exception cref="NotFiniteNumberException">The loss is not finite; the message names step and images.</exception>
    public void Run(Action<StepReport> onStep, Action<int> onEpoch, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        foreach (Batch batch in _loader.Run(0, _configuration.Epochs, cancellation))
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
                if ((batch.Step + 1) % StepsPerEpoch == 0)
                {
                    onEpoch(batch.Epoch + 1);
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

    private LossTerms Step(Batch batch, double rate)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        Tensor images = tensor(
            batch.Images,
            [batch.Count, 3, batch.Size, batch.Size],
            device: _device
        );
        // Channels-last strides: the CPU's convolutions and norms then skip their layout conversions.
        images = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var targets = new TargetBatch(
            batch.Targets,
            batch.Count,
            Batch.MaxObjects,
            Batch.ValuesPerObject
        );
        var ops = new TorchOps(State, training: true) { Bfloat16 = _configuration.Bfloat16 };
        (Tensor total, LossTerms terms) = _loss.Compute(
            AsffYolo.Forward(ops, images, Network),
            targets,
            batch.Size
        );
        if (!double.IsFinite(terms.Total))
        {
            throw new NotFiniteNumberException(
                $"the loss is {terms.Total} at step {batch.Step}, size {batch.Size}, images {string.Join(", ", batch.Names)}",
                terms.Total
            );
        }

        foreach (optim.ILearningRateController group in _optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }

        _optimizer.zero_grad();
        total.backward();
        if (_configuration.Optimizer.ClipNorm > 0)
        {
            nn.utils.clip_grad_norm_(_parameters, _configuration.Optimizer.ClipNorm);
        }

        _optimizer.step();
        _average?.Update();
        return terms;
    }

    private AugmentationOptions AugmentationAt(int epoch)
    {
        AugmentationOptions augmentation = _configuration.Augmentation;
        return epoch < _configuration.Epochs - _configuration.MixupOffEpochs
            ? augmentation
            : augmentation with
            {
                Mixup = augmentation.Mixup with { Probability = 0 },
            };
    }

    private optim.Optimizer CreateOptimizer()
    {
        OptimizerOptions options = _configuration.Optimizer;
        // Norms and biases are not decayed: pulling a scale of 1 towards 0 is no regularisation.
        Parameter[] decayed = Parameters(kind => kind == StateKind.ConvolutionWeight);
        Parameter[] others = Parameters(kind => kind != StateKind.ConvolutionWeight);
        return options.Kind switch
        {
            OptimizerKind.AdamW => optim.AdamW(
                [
                    new AdamW.ParamGroup(
                        decayed,
                        new AdamW.Options { weight_decay = options.WeightDecay }
                    ),
                    new AdamW.ParamGroup(others, new AdamW.Options { weight_decay = 0 }),
                ],
                options.LearningRate
            ),
            _ => optim.SGD(
                [
                    new SGD.ParamGroup(
                        decayed,
                        new SGD.Options
                        {
                            weight_decay = options.WeightDecay,
                            momentum = options.Momentum,
                        }
                    ),
                    new SGD.ParamGroup(
                        others,
                        new SGD.Options { weight_decay = 0, momentum = options.Momentum }
                    ),
                ],
                options.LearningRate
            ),
        };
    }

    private Parameter[] Parameters(Func<StateKind, bool> kind) =>
        [
            .. State
                .Entries.Where(entry => entry.IsTrained && kind(entry.Kind))
                .Select(entry => (Parameter)State[entry.Name]),
        ];
}
