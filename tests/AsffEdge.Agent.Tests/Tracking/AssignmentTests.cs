using AsffEdge.Agent.Tracking;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class AssignmentTests
{
    private const float Limit = 0.8f;

    [Fact]
    public void No_other_pairing_is_cheaper()
    {
        Random random = new(11);
        for (int round = 0; round < 500; round++)
        {
            int rows = random.Next(1, 6);
            int columns = random.Next(rows, 7);
            float[] costs =
            [
                .. Enumerable
                    .Range(0, rows * columns)
                    .Select(_ => random.Next(4) == 0 ? 1e4f : random.Next(100) / 100f),
            ];
            int[] columnOf = new int[rows];

            new Assignment(6).Solve(costs, Limit, rows, columns, columnOf);

            int[] taken = [.. columnOf.Where(column => column >= 0)];
            Assert.Equal(taken.Length, taken.Distinct().Count());
            float total = 0;
            for (int row = 0; row < rows; row++)
            {
                float cost = columnOf[row] < 0 ? Limit : costs[(row * columns) + columnOf[row]];
                Assert.True(columnOf[row] < 0 || cost < Limit);
                total += cost;
            }

            Assert.Equal(Cheapest(costs, rows, columns, 0, 0), total, 1e-5);
        }
    }

    [Fact]
    public void Two_poor_pairs_do_not_displace_a_good_one()
    {
        int[] columnOf = new int[2];

        new Assignment(2).Solve([0.75f, 0.1f, 1, 0.78f], Limit, 2, 2, columnOf);

        Assert.Equal([1, -1], columnOf);
    }

    // Every pairing, one after the other.
    private static float Cheapest(float[] costs, int rows, int columns, int row, int used)
    {
        if (row == rows)
        {
            return 0;
        }

        float least = float.PositiveInfinity;
        for (int column = 0; column < columns; column++)
        {
            if ((used & (1 << column)) == 0)
            {
                least = Math.Min(
                    least,
                    Math.Min(Limit, costs[(row * columns) + column])
                        + Cheapest(costs, rows, columns, row + 1, used | (1 << column))
                );
            }
        }

        return least;
    }
}
