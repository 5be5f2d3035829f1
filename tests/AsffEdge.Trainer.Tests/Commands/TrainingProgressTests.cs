using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Tests.Data;
using AsffEdge.Trainer.Tests.Logging;
using Spectre.Console;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>What a training shows and logs, on the reports of a run that a test makes up.</summary>
public sealed class TrainingProgressTests : IDisposable
{
    private static readonly TrainingConfiguration Configuration = new()
    {
        Epochs = 3,
        BatchSize = 4,
        Sizes = [320],
        Model = new ModelOptions
        {
            Variant = "mobilenetv2_asff",
            BackboneWidth = 0.1,
            NeckWidth = 0.1,
        },
    };

    private readonly TemporaryFolder _folder = new();
    private readonly TrainingRun _run = new(Configuration, new RectangleDataset(8));

    [Fact]
    public void Elsewhere_than_in_a_terminal_there_are_plain_lines()
    {
        string[] lines = Show(new StringWriter(), terminal: false).Split('\n');
        Assert.StartsWith("mobilenetv2_asff on cpu: 8 images, 3 epochs of 2 steps", lines[0]);
        Assert.StartsWith("epoch 1/3  loss 30.00 (anchor 2.00,", lines[1]);
        Assert.Contains("AP 0.400, AP50 0.700", lines[2]);
        Assert.Matches("left [0-9]+:[0-9]{2}:[0-9]{2}$", lines[2]);
        Assert.StartsWith("2 of 3 epochs: 4 steps of 4 images in 0:00:0", lines[3]);
        Assert.EndsWith("best AP 0.400 after epoch 2", lines[3]);
        Assert.Equal("", Assert.Single(lines[4..]));
        Assert.DoesNotContain(lines, line => line.Contains('\e') || line.Contains('\r'));
    }

    [Fact]
    public void In_a_terminal_bars_and_figures_stand_below_the_lines()
    {
        string shown = Show(new StringWriter(), terminal: true);
        Assert.All(
            (string[])
                [
                    "epoch 2/3",
                    "step 2/2",
                    "img/s",
                    "320 px",
                    "learning rate 0.01",
                    "memory",
                    "\e[?25h",
                ],
            part => Assert.Contains(part, shown)
        );
        Assert.Contains("epoch 1/3  loss 30.00", shown);
        Assert.Contains("best AP 0.400 after epoch 2", shown);
    }

    [Fact]
    public void A_terminal_that_goes_away_ends_the_lines_and_not_the_training()
    {
        var closing = new ClosingWriter(writes: 12);
        Show(closing, terminal: true);
        Assert.Equal(13, closing.Writes);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_folder.Path, "log.csv")).Length);
    }

    [Fact]
    public void Rows_and_events_hold_what_was_reported()
    {
        Show(new StringWriter(), terminal: false);
        string[] log = File.ReadAllLines(Path.Combine(_folder.Path, "log.csv"));
        Assert.StartsWith("1,0.01,30.0000,2.0000,4.0000,6.0000,8.0000,10.0000,", log[1]);
        Assert.EndsWith(",,", log[1]);
        Assert.EndsWith(",0.4000,0.7000", log[2]);

        IReadOnlyList<EventFileReader.Entry> events = EventFileReader.Read(
            Directory.GetFiles(_folder.Path, "events.out.tfevents.*").Single()
        );
        Assert.Equal([0, 0, 1, 2, 3, 3], events.Select(entry => entry.Step));
        Assert.Equal(8, events[1].Scalars["train/images_per_second"]);
        Assert.Equal(45, events[4].Scalars["loss/total"]);
        Assert.Equal(0.7f, events[5].Scalars["validation/ap50"]);
    }

    [Fact]
    public void A_resumed_run_keeps_the_rows_it_has_behind_it()
    {
        Show(new StringWriter(), terminal: false);
        string log = Path.Combine(_folder.Path, "log.csv");
        string[] before = File.ReadAllLines(log);
        using (var progress = Open(new StringWriter(), terminal: false, finishedEpochs: 1))
        {
            Assert.Equal(before[..2], File.ReadAllLines(log));
            progress.OnStep(Step(2, loss: 9));
            progress.OnStep(Step(3, loss: 9));
            progress.OnEpoch(2);
        }

        string[] after = File.ReadAllLines(log);
        Assert.Equal(before[..2], after[..2]);
        Assert.StartsWith("2,0.01,27.0000,", after[2]);
        Assert.Equal(2, Directory.GetFiles(_folder.Path, "events.out.tfevents.*").Length);
    }

    public void Dispose()
    {
        _run.Dispose();
        _folder.Dispose();
    }

    /// <summary>Two of three epochs of two steps, as a run that is interrupted then.</summary>
    private string Show(TextWriter output, bool terminal)
    {
        using (TrainingProgress progress = Open(output, terminal, finishedEpochs: 0))
        {
            progress.OnStep(Step(0, loss: 10));
            progress.OnStep(Step(1, loss: 10));
            progress.OnEpoch(1);
            progress.OnStep(Step(2, loss: 5));
            progress.OnStep(Step(3, loss: 15));
            if (terminal)
            {
                // Longer than two refreshes.
                Thread.Sleep(600);
            }

            progress.OnEpoch(2, Reached(ap: 0.4, ap50: 0.7));
        }

        return output.ToString()!;
    }

    private TrainingProgress Open(TextWriter output, bool terminal, int finishedEpochs) =>
        new(
            Configuration,
            _run,
            images: 8,
            _folder.Path,
            "cpu",
            finishedEpochs,
            AnsiConsole.Create(
                new AnsiConsoleSettings
                {
                    Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
                    Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
                    Out = new TerminalOutput(output),
                }
            )
        );

    private static StepReport Step(int step, double loss) =>
        new(
            step,
            Epoch: step / 2,
            Size: 320,
            LearningRate: 0.01,
            new LossTerms(loss / 5, 2 * loss / 5, 3 * loss / 5, 4 * loss / 5, loss),
            Seconds: 0.5
        );

    private static CocoResult Reached(double ap, double ap50) =>
        new()
        {
            AP = ap,
            AP50 = ap50,
            AP75 = -1,
            APSmall = -1,
            APMedium = -1,
            APLarge = -1,
            AR1 = -1,
            AR10 = -1,
            AR100 = -1,
            ARSmall = -1,
            ARMedium = -1,
            ARLarge = -1,
            Classes = [],
        };

    /// <summary>Takes some writes, then fails like a terminal that was closed.</summary>
    private sealed class ClosingWriter(int writes) : StringWriter
    {
        public int Writes { get; private set; }

        public override void Write(char[] buffer, int index, int count) => Write();

        public override void Write(string? value) => Write();

        public override void Write(char value) => Write();

        private void Write()
        {
            if (++Writes > writes)
            {
                throw new IOException("Input/output error");
            }
        }
    }
}
