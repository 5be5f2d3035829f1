using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Checkpoints;

/// <summary>Real, tiny trainings that stop and go on.</summary>
[Trait("Category", "Slow")]
public sealed class RunCheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-resume-").FullName;

    [Theory]
    [InlineData(OptimizerKind.Sgd, 4)]
    [InlineData(OptimizerKind.AdamW, 4)]
    [InlineData(OptimizerKind.Sgd, 3)] // within an epoch
    public void A_resumed_run_gives_the_same_weights_bit_for_bit(OptimizerKind kind, int stopAfter)
    {
        TrainingConfiguration configuration = TinyTraining.Configuration with
        {
            Optimizer = TinyTraining.Configuration.Optimizer with { Kind = kind },
        };
        using TrainingRun whole = TinyTraining.Create(configuration);
        List<StepReport> wholeSteps = Train(whole);

        List<StepReport> steps;
        using (TrainingRun first = TinyTraining.Create(configuration))
        {
            steps = Train(first, stopAfter);
            Assert.Equal(stopAfter, first.StepsDone);
            RunCheckpoint.Save(_folder, first, Describe(first, configuration));
        }

        using TrainingRun second = TinyTraining.Create(configuration with { Workers = 1 });
        RunCheckpoint.Restore(RunCheckpoint.Find(_folder)!, second);
        steps.AddRange(Train(second));

        Assert.Equal(
            wholeSteps.Select(step => step with { Seconds = 0 }),
            steps.Select(step => step with { Seconds = 0 })
        );
        Dictionary<string, int[]> expected = TinyTraining.Bits(whole);
        Dictionary<string, int[]> actual = TinyTraining.Bits(second);
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected.Keys, name => Assert.Equal(expected[name], actual[name]));
    }

    [Fact]
    public void A_write_that_fails_anywhere_leaves_the_checkpoint_before()
    {
        TrainingConfiguration configuration = TinyTraining.Configuration;
        using TrainingRun run = TinyTraining.Create(configuration);
        RunCheckpoint.Save(_folder, run, Describe(run, configuration));
        string before = RunCheckpoint.Find(_folder)!;
        string next = before[..^1] + "9";
        KeyValuePair<string, Action<Stream>>[] files =
        [
            .. RunCheckpoint.Files(run, Describe(run, configuration)),
        ];
        foreach (string failing in files.Select(file => file.Key))
        {
            long length = new FileInfo(Path.Combine(before, failing)).Length;
            foreach (long limit in (long[])[0, 7, length / 2, length - 1])
            {
                Assert.Throws<IOException>(() =>
                    AtomicFile.WriteFolder(
                        next,
                        files.Select(file =>
                            file.Key == failing
                                ? KeyValuePair.Create<string, Action<Stream>>(
                                    file.Key,
                                    stream => file.Value(new FullDisk(stream, limit))
                                )
                                : file
                        )
                    )
                );
                Assert.Equal(before, RunCheckpoint.Find(_folder));
                Assert.Equal([before], Directory.GetDirectories(Path.GetDirectoryName(before)!));
            }
        }

        using TrainingRun restored = TinyTraining.Create(configuration with { Seed = 5 });
        RunCheckpoint.Restore(before, restored);
        Assert.Equal(TinyTraining.Bits(run), TinyTraining.Bits(restored));
    }

    [Fact]
    public void A_new_checkpoint_replaces_the_old_one_and_what_a_crash_left_of_one()
    {
        TrainingConfiguration configuration = TinyTraining.Configuration;
        using TrainingRun run = TinyTraining.Create(configuration);
        RunCheckpoint.Save(_folder, run, Describe(run, configuration));
        string first = RunCheckpoint.Find(_folder)!;
        Directory.Move(first, $"{first[..^1]}7.tmp");
        Assert.Null(RunCheckpoint.Find(_folder));

        RunDescription description = Describe(run, configuration) with
        {
            Step = 12,
            Epoch = 3,
            Best = new BestValidation(2, 0.25, 0.5),
        };
        RunCheckpoint.Save(_folder, run, description);
        string second = Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(first)!));
        Assert.Equal(second, RunCheckpoint.Find(_folder));
        RunDescription read = RunCheckpoint.Describe(second);
        Assert.Equal((12, 3, description.Best), (read.Step, read.Epoch, read.Best));
        Assert.Equal(description.Dataset.Labels, read.Dataset.Labels);
        Assert.Empty(ResumeRules.Conflicts(read.Configuration, configuration));
    }

    [Fact]
    public void Damage_is_named()
    {
        TrainingConfiguration configuration = TinyTraining.Configuration;
        using TrainingRun run = TinyTraining.Create(configuration);
        RunCheckpoint.Save(_folder, run, Describe(run, configuration));
        string checkpoint = RunCheckpoint.Find(_folder)!;

        SafetensorsFile.Write(
            Path.Combine(checkpoint, "average.safetensors"),
            [KeyValuePair.Create("backbone.stem.conv.weight", new SafeTensor([1], [1]))]
        );
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            RunCheckpoint.Restore(checkpoint, run)
        );
        Assert.Contains("average.safetensors", error.Message);
        Assert.Contains("backbone.stem", error.Message);

        File.Delete(Path.Combine(checkpoint, "weights.safetensors"));
        error = Assert.Throws<InvalidDataException>(() => RunCheckpoint.Restore(checkpoint, run));
        Assert.Contains("weights.safetensors", error.Message);

        foreach (string text in (string[])["{", "null", "{}", """{"format": 2}"""])
        {
            File.WriteAllText(Path.Combine(checkpoint, "run.json"), text);
            error = Assert.Throws<InvalidDataException>(() => RunCheckpoint.Describe(checkpoint));
            Assert.Contains("run.json", error.Message);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static RunDescription Describe(TrainingRun run, TrainingConfiguration configuration) =>
        new()
        {
            Step = run.StepsDone,
            Epoch = run.EpochsDone,
            Dataset = new DatasetIdentity(4, ["rectangle"], "0"),
            Configuration = configuration,
        };

    private static List<StepReport> Train(TrainingRun run, int stopAfter = int.MaxValue)
    {
        List<StepReport> steps = [];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        try
        {
            run.Run(
                step =>
                {
                    steps.Add(step);
                    if (step.Step + 1 == stopAfter)
                    {
                        stop.Cancel();
                    }
                },
                _ => { },
                stop.Token
            );
        }
        catch (OperationCanceledException) when (steps.Count == stopAfter) { }

        return steps;
    }

    /// <summary>Takes so many bytes and no more.</summary>
    private sealed class FullDisk(Stream inner, long limit) : Stream
    {
        private long _written;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _written;

        public override long Position
        {
            get => _written;
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) =>
            throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            int fits = (int)Math.Min(count, limit - _written);
            inner.Write(buffer, offset, fits);
            _written += fits;
            if (fits < count)
            {
                throw new IOException("No space left on device");
            }
        }
    }
}
