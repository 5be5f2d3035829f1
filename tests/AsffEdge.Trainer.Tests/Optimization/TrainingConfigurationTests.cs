using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;
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
    [InlineData(
        "model: { guided_anchor: true }\n",
        "unknown key 'guided_anchor'",
        "guided_anchoring"
    )]
    [InlineData("model: { drop_block: true }\n", "unknown key 'drop_block'", "dropblock")]
    [InlineData("model: { fusion: mean }\n", "t.yaml:4: 'mean'", "none, sum, concat, asff")]
    [InlineData("model: { backbone: vgg }\n", "t.yaml:4: 'vgg'", "darknet53, mobilenetv2")]
    [InlineData("model: { anchor_free: perhaps }\n", "t.yaml:4:", "perhaps")]
    [InlineData(
        "model: { variant: asff_star, guided_anchoring: false }\n",
        "model.rfb needs model.guided_anchoring",
        "set rfb to false or guided_anchoring to true"
    )]
    [InlineData(
        "model: { rfb: true, backbone: mobilenetv2 }\n",
        "model.rfb needs model.backbone darknet53",
        "set rfb to false"
    )]
    [InlineData("loss: { ignore_epsilon: 1.5 }\n", "loss.ignore_epsilon is 1.5", "0 (off) to 1")]
    [InlineData(
        "loss: { ignore_epsilon: 0.2, ignore_centre: true }\n",
        "exclude each other",
        "false or 0"
    )]
    [InlineData("random_shapes: false\n", "random_shapes is off", "one size")]
    [InlineData("augmentation: { mixup: perhaps }\n", "t.yaml:4:", "perhaps")]
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
    public void Mistakes_are_listed_together()
    {
        string message = Assert
            .Throws<ConfigurationException>(() =>
                Read(
                    "data: { train: t.json, images: i, labels: [a, b] }\nepochs: 0\nmodel: { nms_threshold: 2 }\nloss: { label_smoothing: true }\n"
                )
            )
            .Message;
        Assert.StartsWith($"{_path}: 3 problems:\n", message);
        Assert.Contains("epochs is 0", message);
        Assert.Contains("model.nms_threshold is 2", message);
        Assert.Contains("loss.label_smoothing needs at least 3 classes, there are 2", message);
    }

    [Fact]
    public void Every_switch_is_one_key()
    {
        TrainingConfiguration off = Read(
            Data
                + "model: { fusion: none, guided_anchoring: false, anchor_free: false, rfb: false, dropblock: false }\n"
                + "loss: { iou_loss: false, label_smoothing: false, ignore_epsilon: 0, ignore_centre: false }\n"
                + "augmentation: { mixup: false, affine: off }\noptimizer: { cosine: false }\nrandom_shapes: false\nsizes: [416]\n"
        );
        NetworkConfiguration plain = off.Model.CreateNetwork(3);
        Assert.Equal(
            (FusionKind.None, false, false, false, false),
            (plain.Fusion, plain.GuidedAnchoring, plain.AnchorFree, plain.Rfb, plain.DropBlock)
        );
        Assert.Equal(new LossOptions { IouLoss = false, LabelSmoothing = false }, off.Loss);
        Assert.Equal(0, off.Augmentation.Mixup.Probability);
        Assert.Equal(0, off.Augmentation.Affine.Probability);
        Assert.False(off.Optimizer.Cosine);
        Assert.All(Enumerable.Range(0, 100), step => Assert.Equal(416, off.SizeAt(step)));

        TrainingConfiguration on = Read(
            Data
                + "model: { variant: baseline, fusion: concat, guided_anchoring: true, anchor_free: true, rfb: true, dropblock: true }\n"
                + "loss: { iou_loss: true, label_smoothing: true, ignore_epsilon: 0.25 }\n"
                + "augmentation: { mixup: true, affine: { probability: 0.25 } }\noptimizer: { cosine: true }\nrandom_shapes: true\n"
        );
        NetworkConfiguration full = on.Model.CreateNetwork(3);
        Assert.Equal(
            (FusionKind.Concat, true, true, true, true),
            (full.Fusion, full.GuidedAnchoring, full.AnchorFree, full.Rfb, full.DropBlock)
        );
        Assert.Equal(new LossOptions { LabelSmoothing = true, IgnoreEpsilon = 0.25f }, on.Loss);
        Assert.Equal(1, on.Augmentation.Mixup.Probability);
        Assert.Equal(0.25, on.Augmentation.Affine.Probability);
        Assert.True(on.Optimizer.Cosine);
        Assert.Equal(on.Sizes, Enumerable.Range(0, 2000).Select(on.SizeAt).Distinct().Order());
    }

    [Theory]
    [InlineData("variant: asff", "asff")]
    [InlineData("variant: asff, fusion: none", "baseline")]
    [InlineData("variant: asff, rfb: true, dropblock: true", "asff_star")]
    [InlineData("variant: asff, backbone: mobilenetv2", "mobilenetv2_asff")]
    [InlineData("variant: baseline, fusion: sum", "baseline, fusion sum")]
    [InlineData(
        "variant: baseline, guided_anchoring: false, anchor_free: false",
        "baseline, guided_anchoring off, anchor_free off"
    )]
    public void Keys_override_the_variant_and_the_network_is_named_after_what_it_is(
        string model,
        string name
    )
    {
        NetworkConfiguration network = Read($"{Data}model: {{ {model} }}\n").Model.CreateNetwork(3);
        Assert.Equal(name, network.Variant);
        Assert.Equal(Variants.AnchorsOf(network.Backbone), network.Anchors);
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
