using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class BatchLoaderTests
{
    [Fact]
    public void Writes_normalised_planes_and_padded_targets()
    {
        InMemoryDataset dataset = new(
            new InMemoryDataset.Scene(64, 32, new Rect(0, 0, 64, 32), new Rect(8, 4, 16, 8))
        );
        using var loader = new BatchLoader(dataset, new() { BatchSize = 1, SizeAt = _ => 64 });

        using Batch batch = Assert.Single(loader.Run(0, 1, TestContext.Current.CancellationToken));

        Assert.Equal((1, 64, 0, 0), (batch.Count, batch.Size, batch.Epoch, batch.Step));
        Assert.Equal(["scene 0"], batch.Names);
        Assert.Equal([0], batch.Indices);
        Assert.Equal(3 * 64 * 64, batch.Images.Length);
        for (int channel = 0; channel < 3; channel++)
        {
            float white =
                (1 - NetworkInput.Manifest.Mean[channel]) / NetworkInput.Manifest.Std[channel];
            Assert.All(
                batch.Images.Span.Slice(channel * 64 * 64, 64 * 64).ToArray(),
                value => Assert.Equal(white, value, 1e-5)
            );
        }

        float[] targets = batch.Targets.ToArray();
        Assert.Equal(Batch.MaxObjects * Batch.ValuesPerObject, targets.Length);
        Assert.Equal([0, 32, 32, 64, 64, 1, 0, 16, 16, 16, 16, 1], targets[..12]);
        Assert.All(targets[12..], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(4, 6)]
    public void The_number_of_workers_does_not_change_the_batches(int workers, int prefetch)
    {
        List<float[]> one = Collect(workers: 1, prefetch: 1, firstEpoch: 0, epochs: 2);
        List<float[]> several = Collect(workers, prefetch, firstEpoch: 0, epochs: 2);

        Assert.Equal(one, several);
        // With everything on, no two batches are alike, so that the comparison says something.
        Assert.Equal(one.Count, one.Select(batch => batch.Sum()).Distinct().Count());
    }

    [Fact]
    public void The_frames_of_a_video_come_the_same_whatever_the_number_of_workers()
    {
        using var folder = new TemporaryFolder();
        string video = folder.WriteVideo("clip.avi", 9);
        string images = string.Join(
            ",",
            Enumerable
                .Range(1, 9)
                .Select(frame =>
                    $$"""{"id": {{frame}}, "file_name": "clip.avi#{{frame}}", "width": 96, "height": 64}"""
                )
        );
        string json = folder.Write(
            "labels.json",
            $$"""
            {"images": [{{images}}], "categories": [{"id": 1, "name": "person"}],
             "annotations": [{"id": 1, "image_id": 4, "category_id": 1, "bbox": [10, 10, 30, 40]}]}
            """
        );
        using LabelledDataset dataset = LabelledDataset.Open(json, video);

        List<float[]> one = Collect(1, 1, 0, 2, dataset);

        Assert.Equal(one, Collect(2, 3, 0, 2, dataset));
        Assert.Equal(one, Collect(4, 5, 0, 2, dataset));
        Assert.Equal(one.TakeLast(3), Collect(2, 3, 1, 1, dataset));
    }

    [Fact]
    public void A_run_that_starts_at_an_epoch_sees_what_it_would_have_seen()
    {
        List<float[]> whole = Collect(workers: 2, prefetch: 3, firstEpoch: 0, epochs: 3);
        List<float[]> resumed = Collect(workers: 2, prefetch: 3, firstEpoch: 2, epochs: 1);

        Assert.Equal(whole.TakeLast(resumed.Count), resumed);
        Assert.NotEqual(whole.Take(resumed.Count), resumed);
    }

    [Fact]
    public void Every_sample_comes_once_an_epoch_in_a_new_order()
    {
        InMemoryDataset dataset = InMemoryDataset.Of(10);
        using var loader = new BatchLoader(
            dataset,
            new()
            {
                BatchSize = 4,
                SizeAt = _ => 32,
                DropLast = false,
            }
        );
        var orders = new List<int[]>();
        var counts = new List<int>();
        foreach (Batch batch in loader.Run(0, 2, TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                counts.Add(batch.Count);
                orders.Add(batch.Indices);
            }
        }

        Assert.Equal([4, 4, 2, 4, 4, 2], counts);
        int[] first = [.. orders.Take(3).SelectMany(indices => indices)];
        int[] second = [.. orders.Skip(3).SelectMany(indices => indices)];
        Assert.Equal(Enumerable.Range(0, 10), first.Order());
        Assert.Equal(Enumerable.Range(0, 10), second.Order());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Size_and_augmentation_follow_step_and_epoch()
    {
        var epochs = new List<int>();
        using var loader = new BatchLoader(
            InMemoryDataset.Of(6),
            new()
            {
                BatchSize = 2,
                Shuffle = false,
                SizeAt = step => step < 4 ? 32 : 64,
                AugmentationAt = epoch =>
                {
                    epochs.Add(epoch);
                    return AugmentationOptions.None;
                },
            }
        );
        var seen = new List<(int, int, int)>();
        foreach (Batch batch in loader.Run(0, 2, TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                seen.Add((batch.Epoch, batch.Step, batch.Size));
                Assert.Equal(2 * 3 * batch.Size * batch.Size, batch.Images.Length);
            }
        }

        Assert.Equal(
            [(0, 0, 32), (0, 1, 32), (0, 2, 32), (1, 3, 32), (1, 4, 64), (1, 5, 64)],
            seen
        );
        Assert.Equal([0, 0, 0, 1, 1, 1], epochs);
    }

    [Fact]
    public void Stops_early_and_when_cancelled()
    {
        using var loader = new BatchLoader(
            InMemoryDataset.Of(40),
            new() { BatchSize = 2, SizeAt = _ => 32 }
        );
        foreach (Batch batch in loader.Run(0, 1, TestContext.Current.CancellationToken))
        {
            batch.Dispose();
            break;
        }

        using var cancellation = new CancellationTokenSource();
        int steps = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (Batch batch in loader.Run(0, 1, cancellation.Token))
            {
                batch.Dispose();
                steps++;
                cancellation.Cancel();
            }
        });
        Assert.InRange(steps, 1, 19);
    }

    [Fact]
    public void A_picture_that_cannot_be_read_fails_its_batch()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a.png", 8, 6, Scalar.All(0));
        string json = folder.Write(
            "labels.json",
            """
            {"images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 6}], "categories": [], "annotations": []}
            """
        );
        using LabelledDataset dataset = LabelledDataset.Open(json, folder.Path);
        folder.Write("a.png", "no image any more");
        using var loader = new BatchLoader(dataset, new() { BatchSize = 1, SizeAt = _ => 32 });

        DatasetException error = Assert.Throws<DatasetException>(() =>
            loader.Run(0, 1, TestContext.Current.CancellationToken).Count()
        );

        Assert.Contains(
            "a.png: cannot be read as an image",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_a_batch_larger_than_the_data_set()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            new BatchLoader(InMemoryDataset.Of(3), new() { BatchSize = 4, SizeAt = _ => 32 })
        );
        Assert.Contains("allowed: 1 to 3", error.Message, StringComparison.Ordinal);
    }

    private static List<float[]> Collect(
        int workers,
        int prefetch,
        int firstEpoch,
        int epochs,
        IDetectionDataset? dataset = null
    )
    {
        var options = new BatchLoaderOptions
        {
            BatchSize = 3,
            SizeAt = step => step % 2 == 0 ? 64 : 96,
            AugmentationAt = _ => new AugmentationOptions(),
            Seed = 42,
            Workers = workers,
            Prefetch = prefetch,
        };
        using var loader = new BatchLoader(dataset ?? InMemoryDataset.Of(11), options);
        var collected = new List<float[]>();
        foreach (
            Batch batch in loader.Run(firstEpoch, epochs, TestContext.Current.CancellationToken)
        )
        {
            using (batch)
            {
                collected.Add([.. batch.Images.Span, .. batch.Targets.Span]);
            }
        }

        return collected;
    }
}
