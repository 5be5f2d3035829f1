using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class RehearsalTests
{
    private const int New = 12;
    private const int Old = 7;

    [Fact]
    public void Every_batch_has_its_share_and_every_picture_its_turn()
    {
        int[][] batches = Batches(epochs: 7, workers: 1);

        Assert.Equal(7 * (New / 3), batches.Length);
        Assert.All(batches, batch => Assert.Equal(2, batch.Count(index => index >= New)));
        foreach (int[][] epoch in batches.Chunk(New / 3))
        {
            Assert.Equal(
                Enumerable.Range(0, New),
                epoch.SelectMany(batch => batch.Where(index => index < New)).Order()
            );
        }

        // 56 old pictures are eight rounds over seven of them.
        foreach (
            int[] round in batches
                .SelectMany(batch => batch.Where(index => index >= New))
                .Chunk(Old)
        )
        {
            Assert.Equal(Enumerable.Range(New, Old), round.Order());
        }

        // The rounds have orders of their own.
        Assert.NotEqual(
            batches.SelectMany(batch => batch.Where(index => index >= New)).Take(Old),
            batches.SelectMany(batch => batch.Where(index => index >= New)).Skip(Old).Take(Old)
        );
    }

    [Fact]
    public void What_a_batch_holds_follows_from_the_step_alone()
    {
        int[][] all = Batches(epochs: 3, workers: 1);

        Assert.Equal(all, Batches(epochs: 3, workers: 3));
        Assert.Equal(all[5..], Batches(epochs: 3, workers: 2, first: 5));
    }

    [Fact]
    public void Old_pictures_stand_between_the_new_ones()
    {
        // Of five places the third and the last: an accumulated batch has old pictures in its parts.
        Assert.All(
            Batches(epochs: 1, workers: 1),
            batch =>
                Assert.Equal([2, 4], Enumerable.Range(0, 5).Where(place => batch[place] >= New))
        );
    }

    private static int[][] Batches(int epochs, int workers, int first = 0)
    {
        using var loader = new BatchLoader(
            new MixedDataset(new RectangleDataset(New), new RectangleDataset(Old)),
            new BatchLoaderOptions
            {
                BatchSize = 5,
                SizeAt = _ => 320,
                Workers = workers,
                Seed = 3,
                Rehearsal = new Rehearsal(New, PerBatch: 2),
            }
        );
        Assert.Equal(New / 3, loader.StepsPerEpoch);
        List<int[]> batches = [];
        foreach (
            Batch batch in loader.RunSteps(
                first,
                epochs * loader.StepsPerEpoch,
                TestContext.Current.CancellationToken
            )
        )
        {
            using (batch)
            {
                batches.Add([.. batch.Indices]);
            }
        }

        return [.. batches];
    }
}
