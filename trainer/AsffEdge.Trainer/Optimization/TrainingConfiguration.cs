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
    /// <summary>Another configuration whose keys hold where this one has none; taken in already (<see cref="ConfigurationFile"/>).</summary>
    public string? Extends { get; init; }

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

    /// <summary>Trains at several sizes in turn (Section 3.4); off: <see cref="Sizes"/> holds the one size.</summary>
    public bool RandomShapes { get; init; } = true;

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

    /// <summary>Epochs between two saved checkpoints; the last epoch is always saved.</summary>
    public int SaveEvery { get; init; } = 1;

    /// <summary>Epochs between two evaluations on <see cref="DataOptions.Validation"/>, the last epoch always among them; 0: none.</summary>
    public int ValidationEvery { get; init; }

    /// <summary>Input size of these evaluations in pixels.</summary>
    public int ValidationSize { get; init; } = 416;

    /// <summary>
    /// Images a step: <see cref="BatchSize"/> · <see cref="Accumulate"/>. The paper's learning rate of 1e-3 is for 64; another number of
    /// images wants a rate in proportion.
    /// </summary>
    public int ImagesPerStep => BatchSize * Accumulate;

    /// <summary>Reads and checks a file and those that it extends (<see cref="ConfigurationFile"/>); relative paths in them become relative to the current folder.</summary>
    /// <exception cref="ConfigurationException">The file cannot be used; the message names file, line or key, and what is allowed.</exception>
    /// <param name="path">The file.</param>
    /// <param name="epochs">Epochs instead of the file's.</param>
    /// <param name="seed">Seed instead of the file's.</param>
    /// <param name="overrides">What the command line says instead of the file; its paths are not the file's.</param>
    public static TrainingConfiguration Read(
        string path,
        int? epochs = null,
        int? seed = null,
        TrainingOverrides? overrides = null
    )
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
                .WithNodeDeserializer(new SwitchDeserializer(), where => where.OnTop())
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

        configuration = configuration with
        {
            Epochs = epochs ?? configuration.Epochs,
            Seed = seed ?? configuration.Seed,
        };
        configuration = overrides?.Apply(configuration) ?? configuration;
        configuration.Validate(path);
        // A path is meant from the file that states it.
        string Rooted(string section, string key, string value) =>
            Path.Combine(
                Path.GetDirectoryName(Path.GetFullPath(file.SourceOf(section, key) ?? path))!,
                value
            );
        DataOptions data = configuration
            .Data.Rooted((key, value) => Rooted("data", key, value))
            .Resolved();
        if (configuration.ValidationEvery > 0 && data.Validation is null)
        {
            throw new ConfigurationException(
                $"{path}: validation_every is {configuration.ValidationEvery}, but the data set {data.Dataset} holds nothing out; allowed: 0"
            );
        }

        return configuration with
        {
            Data = data,
            Model = configuration.Model with
            {
                Weights = configuration.Model.Weights is { Length: > 0 } weights
                    ? Rooted("model", "weights", weights)
                    : null,
            },
        };
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

    /// <summary>What is done to the pictures of an epoch (from 0): no mixup in the last <see cref="MixupOffEpochs"/>.</summary>
    public AugmentationOptions AugmentationAt(int epoch) =>
        epoch < Epochs - MixupOffEpochs
            ? Augmentation
            : Augmentation with
            {
                Mixup = Augmentation.Mixup with { Probability = 0 },
            };

    private void Validate(string path)
    {
        IReadOnlyList<string> problems = TrainingConfigurationCheck.Problems(this);
        if (problems.Count > 0)
        {
            string list = string.Join("\n  ", problems);
            throw new ConfigurationException(
                problems.Count == 1
                    ? $"{path}: {list}"
                    : $"{path}: {problems.Count} problems:\n  {list}"
            );
        }
    }
}
