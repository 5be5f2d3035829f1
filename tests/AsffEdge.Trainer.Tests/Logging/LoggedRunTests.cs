using AsffEdge.Trainer.Logging;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Tests.Data;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Trainer.Tests.Logging;

/// <summary>Logs are read as they were written, and what is none is refused by file and line.</summary>
public sealed class LoggedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void What_was_logged_is_read_back()
    {
        using (var log = new TrainingLog(_folder.Path, finishedEpochs: 0))
        {
            log.Add(1, 0.0015, new LossTerms(1, 2, 3, 4, 5), 7.25, 12.5, 0.031, validation: null);
        }

        LoggedRun run = LoggedRun.Read(_folder.Path);
        Assert.Equal(Path.GetFileName(_folder.Path), run.Name);
        Assert.Equal([1], run.Epochs);
        (string, double)[] expected =
        [
            ("learning_rate", 0.0015),
            ("total", 15),
            ("anchor", 1),
            ("iou", 2),
            ("l1", 3),
            ("objectness", 4),
            ("class", 5),
            ("images_per_second", 7.25),
            ("seconds", 12.5),
            ("loader_wait", 0.031),
            ("ap", double.NaN),
            ("ap50", double.NaN),
        ];
        Assert.Equal(expected, run.Columns.Skip(1).Select(column => (column.Key, column.Value[0])));
    }

    [Fact]
    public void The_shipped_models_log_is_one()
    {
        LoggedRun run = LoggedRun.Read(
            Path.Combine(Repository.Root, "models/pedestrian-training.csv")
        );
        Assert.Equal("pedestrian-training", run.Name);
        Assert.Equal(Enumerable.Range(1, run.Epochs.Length).Select(n => (double)n), run.Epochs);
        Assert.True(run.Columns["total"][^1] < run.Columns["total"][0]);
    }

    [Theory]
    [InlineData("", ":1: no training log")]
    [InlineData("a,b\n1,2\n", ":1: no training log")]
    [InlineData("epoch,total,total\n1,2,3\n", ":1: no training log")]
    [InlineData("epoch,total\n", "no epoch is finished")]
    [InlineData("epoch,total\n1,2\n2\n", ":3: 1 values; the first line has 2 headings")]
    [InlineData("epoch,total\n1,2\n2,much\n", ":3: total is 'much'; expected a number")]
    [InlineData("epoch,total\n,2\n", ":2: epoch is ''")]
    public void Other_files_are_refused(string text, string message)
    {
        string file = _folder.Write("log.csv", text);
        string error = Assert.Throws<InvalidDataException>(() => LoggedRun.Read(file)).Message;
        Assert.StartsWith(file, error);
        Assert.Contains(message, error);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_nothing_else() =>
        Prop.ForAll<NonNull<string>>(text =>
            {
                string file = _folder.Write("log.csv", $"epoch,total\n{text.Get}");
                try
                {
                    LoggedRun run = LoggedRun.Read(file);
                    return run.Epochs.Length > 0
                        && run.Columns["total"].Length == run.Epochs.Length;
                }
                catch (InvalidDataException error)
                {
                    return error.Message.StartsWith(file, StringComparison.Ordinal);
                }
            })
            .QuickCheckThrowOnFailure();

    public void Dispose() => _folder.Dispose();
}
