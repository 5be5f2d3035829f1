using AsffEdge.Agent.Cameras;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class LatestFrameSlotTests
{
    private sealed class Cell
    {
        public long First;
        public long Last;
    }

    [Fact]
    public void Any_order_of_writes_and_reads_gives_the_newest_value_once_and_counts_the_overwritten()
    {
        // true: publish the next number; false: take.
        Check.QuickThrowOnFailure(Prop.ForAll<bool[]>(FollowsTheModel));
    }

    [Fact]
    public void A_reader_keeps_as_many_values_as_it_holds_however_often_the_writer_writes()
    {
        Check.QuickThrowOnFailure(
            Prop.ForAll<PositiveInt, bool[]>((held, steps) => Keeps(1 + (held.Get % 4), steps))
        );
    }

    [Fact]
    public void Two_threads_never_see_a_torn_repeated_or_lost_newest_value()
    {
        const long Last = 300_000;
        var slot = new LatestFrameSlot<Cell>(() => new Cell());
        long overwritten = 0;
        var writer = new Thread(() =>
        {
            for (long value = 1; value <= Last; value++)
            {
                slot.Writing.First = value;
                slot.Writing.Last = value;
                overwritten += slot.Publish() ? 1 : 0;
            }
        });
        writer.Start();

        long taken = 0;
        long newest = 0;
        while (newest < Last)
        {
            if (slot.TryTake() is Cell cell)
            {
                long value = Volatile.Read(ref cell.First);
                Assert.True(value > newest, $"{value} came after {newest}");
                Assert.Equal(value, Volatile.Read(ref cell.Last));
                newest = value;
                taken++;
            }
        }

        writer.Join();
        Assert.Null(slot.TryTake());
        Assert.Equal(Last, taken + overwritten);
    }

    private static bool Keeps(int held, bool[] steps)
    {
        var slot = new LatestFrameSlot<Cell>(() => new Cell(), held);
        Assert.Equal(2 + held, slot.Buffers.Distinct().Count());
        Queue<(Cell Cell, long Value)> kept = new();
        long written = 0;
        foreach (bool publish in steps)
        {
            if (publish)
            {
                slot.Writing.First = ++written;
                slot.Publish();
            }
            else if (slot.TryTake() is Cell taken)
            {
                kept.Enqueue((taken, taken.First));
                if (kept.Count > held)
                {
                    kept.Dequeue();
                }
            }

            Assert.DoesNotContain(kept, entry => entry.Cell == slot.Writing);
            Assert.All(kept, entry => Assert.Equal(entry.Value, entry.Cell.First));
        }

        return true;
    }

    private static bool FollowsTheModel(bool[] steps)
    {
        var slot = new LatestFrameSlot<Cell>(() => new Cell());
        Assert.Equal(3, slot.Buffers.Distinct().Count());
        long written = 0;
        long? waiting = null;
        Cell? held = null;
        foreach (bool publish in steps)
        {
            if (publish)
            {
                Assert.NotSame(held, slot.Writing);
                slot.Writing.First = ++written;
                Assert.Equal(waiting is not null, slot.Publish());
                waiting = written;
            }
            else
            {
                Cell? taken = slot.TryTake();
                Assert.Equal(waiting, taken?.First);
                held = taken ?? held;
                waiting = null;
            }

            Assert.Equal(waiting is not null, slot.HasFresh);
        }

        return true;
    }
}
