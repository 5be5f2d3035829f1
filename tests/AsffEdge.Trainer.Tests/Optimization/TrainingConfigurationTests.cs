using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

public sealed class TrainingConfigurationTests : IDisposable
{
    private const string Data = "data:\n  train: train.json\n  images: clip.avi\n";
    private readonly string _path = Path.Combine(
        Directory.CreateTempSubdirectory("asff-training-").FullName,
        "t.yaml"
    );

    [Fact]
    public void Shipped_configurations_can_be_read()
    {
        string[] files = Directory.GetFiles(
            Path.Combine(Repository.Root, "config", "training"),
            "*.yaml"
        );
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.NotEmpty(TrainingConfiguration.Read(file).Sizes));
    }

    [Fact]
    public void Left_out_keys_are_the_papers_recipe()
    {
        TrainingConfiguration configuration = Read(Data);
        Assert.Equal(300, configuration.Epochs);
        Assert.Equal(OptimizerKind.Sgd, configuration.Optimizer.Kind);
        Assert.Equal(Enumerable.Range(10, 10).Select(n => n * 32), configuration.Sizes);
        Assert.Equal(1.5, configuration.Augmentation.Mixup.Alpha);
        Assert.Equal(
            Path.Combine(Path.GetDirectoryName(_path)!, "train.json"),
            configuration.Data.Train
        );
    }

    [Theory]
    [InlineData("epochz: 3\n", "unknown key 'epochz'", "epochs, batch_size")]
    [InlineData("sizes: [320, 330]\n", "sizes", "multiples of 32 from 320 to 800")]
    [InlineData("model: { variant: resnet }\n", "resnet", "baseline, asff, asff_star")]
    [InlineData("model: { neck_width: 9 }\n", "neck_width", "0.1 to 4")]
    [InlineData("model: { anchors: [[1, 2]] }\n", "anchors", "nine shapes")]
    [InlineData("optimizer: { kind: adagrad }\n", "t.yaml:4: 'adagrad'", "sgd, adamw")]
    [InlineData("epochs: 0\n", "epochs is 0", "1 to 100000")]
    [InlineData("augmentation: { mirror: { probability: 2 } }\n", "mirror.probability", "0 to 1")]
    public void A_mistake_is_named_with_what_is_allowed(string lines, string key, string allowed)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Read(Data + lines)
        );
        Assert.Contains(_path, error.Message);
        Assert.Contains(key, error.Message);
        Assert.Contains(allowed, error.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            TrainingConfiguration.Read(_path)
        );
        Assert.Contains(_path, error.Message);
    }

    [Fact]
    public void A_size_lasts_its_steps_and_all_sizes_come_up()
    {
        TrainingConfiguration configuration = Read(Data);
        int[] sizes = [.. Enumerable.Range(0, 2000).Select(configuration.SizeAt)];
        Assert.All(
            Enumerable.Range(0, 2000),
            step => Assert.Equal(sizes[step / 10 * 10], sizes[step])
        );
        Assert.Equal(configuration.Sizes, sizes.Distinct().Order());
    }

    [Fact]
    public void Sizes_are_the_same_in_every_process() =>
        Assert.Equal(
            [448, 480, 416, 480, 512],
            Enumerable.Range(0, 5).Select(draw => Read(Data).SizeAt(draw * 10))
        );

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private TrainingConfiguration Read(string yaml)
    {
        File.WriteAllText(_path, yaml);
        return TrainingConfiguration.Read(_path);
    }
}
