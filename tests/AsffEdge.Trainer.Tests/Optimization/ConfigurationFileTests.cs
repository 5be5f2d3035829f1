using System.Text;
using AsffEdge.Trainer.Optimization;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Trainer.Tests.Optimization;

public sealed class ConfigurationFileTests : IDisposable
{
    private const string Data =
        "data: { train: train.json, images: clip.avi, labels: [a, b, c] }\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-extends-").FullName;

    [Fact]
    public void Maps_merge_key_by_key_and_everything_else_is_replaced()
    {
        Write(
            "a.yaml",
            Data + "epochs: 7\nsizes: [320, 352]\noptimizer: { kind: adamw, momentum: 0.5 }\n"
        );
        Write("b.yaml", "extends: a.yaml\nbatch_size: 3\noptimizer: { momentum: 0.8 }\n");
        string path = Write("c.yaml", "extends: b.yaml\nsizes: [416]\n");
        TrainingConfiguration configuration = TrainingConfiguration.Read(path);
        Assert.Equal(7, configuration.Epochs);
        Assert.Equal(3, configuration.BatchSize);
        Assert.Equal([416], configuration.Sizes);
        Assert.Equal(OptimizerKind.AdamW, configuration.Optimizer.Kind);
        Assert.Equal(0.8, configuration.Optimizer.Momentum);
        Assert.Equal(["a", "b", "c"], configuration.Data.Labels);
    }

    [Fact]
    public void A_path_belongs_to_the_file_that_states_it()
    {
        Write("base/a.yaml", Data);
        string path = Write("b.yaml", "extends: base/a.yaml\ndata: { train: mine.json }\n");
        TrainingConfiguration configuration = TrainingConfiguration.Read(path);
        Assert.Equal(Path.Combine(_folder, "mine.json"), configuration.Data.Train);
        Assert.Equal(Path.Combine(_folder, "base", "clip.avi"), configuration.Data.Images);
    }

    [Fact]
    public void A_mistake_is_placed_in_the_file_that_holds_it()
    {
        string basis = Write("a.yaml", Data + "\nepochz: 3\n");
        string path = Write("b.yaml", "extends: a.yaml\n");
        Assert.Contains($"{basis}:3: unknown key 'epochz'", Failure(path));
        Write("a.yaml", Data);
        Write("b.yaml", "extends: a.yaml\n\n\noptimizer: { kind: adagrad }\n");
        Assert.Contains($"{path}:4: 'adagrad'", Failure(path));
        Write("b.yaml", "extends: a.yaml\nepochs: many\n");
        Assert.Contains($"{path}:2: ", Failure(path));
        Write("a.yaml", Data + "epochs: [\n");
        Assert.StartsWith($"{basis}:", Failure(path));
    }

    [Fact]
    public void A_circle_is_shown()
    {
        Write("a.yaml", "extends: c.yaml\n");
        Write("b.yaml", "extends: a.yaml\n");
        string path = Write("c.yaml", "extends: b.yaml\n");
        string message = Failure(path);
        Assert.Contains("c.yaml → b.yaml → a.yaml → c.yaml", message);
        Assert.StartsWith(Path.Combine(_folder, "a.yaml") + ":1:", message);
    }

    [Theory]
    [InlineData(
        "epochs: 3\nextends: none.yaml\n",
        "b.yaml:2: extends names none.yaml, which does not exist"
    )]
    [InlineData("extends: [a.yaml]\n", "b.yaml:1: extends must name one file")]
    [InlineData("extends:\n", "b.yaml:1: extends must name one file")]
    [InlineData("- extends\n", "b.yaml: no training configuration")]
    [InlineData("epochs: 3\nepochs: 4\n", "b.yaml:2: ")]
    [InlineData("data: &d\n  again: *d\n", "b.yaml:")]
    public void What_cannot_be_extended_is_named(string yaml, string message) =>
        Assert.Contains(message, Failure(Write("b.yaml", yaml)));

    [Fact]
    public void A_damaged_file_is_read_or_refused_with_its_name()
    {
        const string Pieces = ":{}[]&*!|>-#\"'~, \n\t0a\u0000é%@`?";
        Write("a.yaml", Data);
        string whole = File.ReadAllText(
            Path.Combine(Repository.Root, "config", "training", "baseline.yaml")
        );
        Prop.ForAll(
                ArbMap.Default.ArbFor<int>(),
                seed =>
                {
                    var random = new Random(seed);
                    var text = new StringBuilder("extends: a.yaml\n" + whole);
                    for (int edits = random.Next(1, 6); edits > 0; edits--)
                    {
                        int at = random.Next(text.Length);
                        _ = random.Next(3) switch
                        {
                            0 => text.Remove(at, Math.Min(random.Next(1, 40), text.Length - at)),
                            1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                            _ => text.Insert(
                                at,
                                text.ToString(at, Math.Min(random.Next(1, 40), text.Length - at))
                            ),
                        };
                    }

                    string path = Write("fuzzed.yaml", text.ToString());
                    try
                    {
                        TrainingConfiguration.Read(path);
                    }
                    catch (ConfigurationException error)
                    {
                        Assert.StartsWith(_folder, error.Message);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(100));
    }

    [Fact]
    public void A_key_without_value_counts_as_left_out()
    {
        Write(
            "a.yaml",
            Data + "epochs: 7\nloss: { iou_loss: false }\noptimizer: { momentum: 0.5 }\n"
        );
        string path = Write(
            "b.yaml",
            "extends: a.yaml\nmodel:\nepochs: ~\nloss: null\noptimizer: { momentum: , kind: adamw }\n"
        );
        TrainingConfiguration configuration = TrainingConfiguration.Read(path);
        Assert.Equal(new ModelOptions(), configuration.Model);
        Assert.Equal(300, configuration.Epochs);
        Assert.True(configuration.Loss.IouLoss);
        Assert.Equal(0.9, configuration.Optimizer.Momentum);
        Assert.Equal(OptimizerKind.AdamW, configuration.Optimizer.Kind);
        Write("b.yaml", "extends: a.yaml\ndata:\n");
        Assert.Contains("data.train is missing", Failure(path));
        Write("b.yaml", "extends: a.yaml\nmodel: { anchors: [[10, 13], ~] }\n");
        Assert.Contains($"{path}:2: an entry of the list is empty", Failure(path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Failure(string path) =>
        Assert.Throws<ConfigurationException>(() => TrainingConfiguration.Read(path)).Message;

    private string Write(string name, string yaml)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, yaml);
        return path;
    }
}
