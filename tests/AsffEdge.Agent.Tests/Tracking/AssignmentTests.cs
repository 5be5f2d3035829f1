using AsffEdge.Agent.Tracking;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class AssignmentTests
{
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
                    .Select(_ => random.Next(4) == 0 ? Assignment.Never : random.Next(100) / 100f),
            ];
            int[] columnOf = new int[rows];

            new Assignment(6).Solve(costs, rows, columns, columnOf);

            int[] taken = [.. columnOf.Where(column => column >= 0)];
            Assert.Equal(taken.Length, taken.Distinct().Count());
            float total = 0;
            for (int row = 0; row < rows; row++)
            {
                float cost =
                    columnOf[row] < 0 ? Assignment.Never : costs[(row * columns) + columnOf[row]];
                Assert.True(columnOf[row] < 0 || cost < Assignment.Never);
                total += cost;
            }

            Assert.Equal(Cheapest(costs, rows, columns, 0, 0), total, 1e-2);
        }
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
                    costs[(row * columns) + column]
                        + Cheapest(costs, rows, columns, row + 1, used | (1 << column))
                );
            }
        }

        return least;
    }
}
