using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Losses;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace AsffEdge.Trainer.Optimization;

/// <summary>A training run as a YAML file (<c>config/training/*.yaml</c>). The defaults are the paper's recipe.</summary>
public sealed record TrainingConfiguration
{
    /// <summary>The network.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>The data.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Update rule and rate.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The loss.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>What is done to the pictures.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Epochs.</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>Images that go through the network at once.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Batches whose gradients are added up to one step, for memory that does not hold a large batch. The step is that of a batch
    /// <see cref="Accumulate"/> times as large, but for the batch norms, whose statistics are those of <see cref="BatchSize"/> images.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Input sizes, one drawn every <see cref="SizeEvery"/> steps; multiples of 32.</summary>
    public IReadOnlyList<int> Sizes { get; init; } =
    [320, 352, 384, 416, 448, 480, 512, 544, 576, 608];

    /// <summary>Steps that one size lasts.</summary>
    public int SizeEvery { get; init; } = 10;

    /// <summary>Epochs at the end that run without mixup.</summary>
    public int MixupOffEpochs { get; init; } = 30;

    /// <summary>Decay of the moving average of the weights that is saved and exported; 0: the weights themselves.</summary>
    public double EmaDecay { get; init; }

    /// <summary>Threads that prepare pictures.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Computes feature maps in bfloat16; faster on processors that multiply it in hardware, slower on others.</summary>
    public bool Bfloat16 { get; init; }

    /// <summary>Makes weights, order, sizes and augmentation repeatable.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Epochs between two saved checkpoints.</summary>
    public int SaveEvery { get; init; } = 1;

    /// <summary>
    /// Images a step: <see cref="BatchSize"/> · <see cref="Accumulate"/>. The paper's learning rate of 1e-3 is for 64; another number of
    /// images wants a rate in proportion.
    /// </summary>
    public int ImagesPerStep => BatchSize * Accumulate;

    /// <summary>Reads and checks a file and those that it extends (<see cref="ConfigurationFile"/>); relative paths in them become relative to the current folder.</summary>
    /// <exception cref="ConfigurationException">The file cannot be used; the message names file, line or key, and what is allowed.</exception>
    public static TrainingConfiguration Read(string path)
    {
        ConfigurationFile file = ConfigurationFile.Read(path);
        ConfigurationParser parser = file.CreateParser();
        TrainingConfiguration configuration;
        try
        {
            IDeserializer deserializer = new DeserializerBuilder()
                .WithNamingConvention(UnderscoredNamingConvention.Instance)
                .WithEnumNamingConvention(LowerCaseNamingConvention.Instance)
                .WithDuplicateKeyChecking()
                .WithTypeInspector(inner => new KnownKeys(inner))
                .WithTypeMapping<IReadOnlyList<float[]>, List<float[]>>()
                .WithTypeMapping<IReadOnlyList<int>, List<int>>()
                .WithTypeMapping<IReadOnlyList<double>, List<double>>()
                .WithTypeMapping<IReadOnlyList<string>, List<string>>()
                .WithTypeMapping<IReadOnlyList<Interpolation>, List<Interpolation>>()
                .Build();
            configuration =
                deserializer.Deserialize<TrainingConfiguration?>(parser)
                ?? new TrainingConfiguration();
        }
        catch (YamlException error)
        {
            string reason = error.InnerException?.Message ?? error.Message;
            throw new ConfigurationException($"{parser.Locate(error.Start)}: {reason}", error);
        }

        configuration.Validate(path);
        // A path is meant from the file that states it.
        string Rooted(string key, string value) =>
            Path.Combine(
                Path.GetDirectoryName(Path.GetFullPath(file.SourceOf("data", key) ?? path))!,
                value
            );
        return configuration with { Data = configuration.Data.Rooted(Rooted) };
    }

    /// <summary>The input size of a step; the same for the steps that share a draw.</summary>
    public int SizeAt(int step)
    {
        // SplitMix64 of seed and draw: the same in every process, unlike HashCode.
        ulong z = ((ulong)(uint)Seed << 32) + (ulong)(step / SizeEvery) + 1;
        z *= 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return Sizes[(int)((z ^ (z >> 31)) % (ulong)Sizes.Count)];
    }

    private void Validate(string path)
    {
        void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new ConfigurationException($"{path}: {message}");
            }
        }

        Require(
            Data.Train.Length > 0,
            "data.train is missing; it names the COCO JSON of the training set"
        );
        Require(
            Data.Images.Length > 0,
            "data.images is missing; it names the image folder or the video"
        );
        Require(Epochs is >= 1 and <= 100_000, $"epochs is {Epochs}; allowed: 1 to 100000");
        Require(BatchSize is >= 1 and <= 4096, $"batch_size is {BatchSize}; allowed: 1 to 4096");
        Require(Accumulate is >= 1 and <= 4096, $"accumulate is {Accumulate}; allowed: 1 to 4096");
        Require(SizeEvery >= 1, $"size_every is {SizeEvery}; allowed: 1 and above");
        Require(
            Sizes.Count > 0 && Sizes.All(size => NetworkInput.Manifest.Allows(size)),
            $"sizes is [{string.Join(", ", Sizes)}]; allowed: {NetworkInput.Manifest.DescribeSizes()}"
        );
        Require(EmaDecay is >= 0 and < 1, $"ema_decay is {EmaDecay}; allowed: 0 to below 1");
        Require(Workers is >= 1 and <= 256, $"workers is {Workers}; allowed: 1 to 256");
        Require(SaveEvery >= 1, $"save_every is {SaveEvery}; allowed: 1 and above");
        Require(
            Optimizer.LearningRate > 0,
            $"optimizer.learning_rate is {Optimizer.LearningRate}; allowed: above 0"
        );
        Require(
            Optimizer.WarmupEpochs >= 0,
            $"optimizer.warmup_epochs is {Optimizer.WarmupEpochs}; allowed: 0 and above"
        );
        Require(
            Optimizer.WeightDecay >= 0,
            $"optimizer.weight_decay is {Optimizer.WeightDecay}; allowed: 0 and above"
        );
        try
        {
            Model.CreateNetwork(Math.Max(1, Data.Labels.Count));
            Augmentation.Validate();
        }
        catch (Exception error) when (error is ArgumentException or DatasetException)
        {
            throw new ConfigurationException($"{path}: {error.Message}", error);
        }
    }
}
