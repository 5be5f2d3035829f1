namespace AsffEdge.Agent.Tracking;

/// <summary>
/// The cheapest pairing of rows with columns: the Hungarian method with shortest augmenting paths (Jonker and Volgenant, 1987), n²·m steps.
/// Its memory is made once. Not thread-safe.
/// </summary>
internal sealed class Assignment
{
    private readonly float[] _rowPrices;
    private readonly float[] _columnPrices;
    private readonly float[] _least;
    private readonly int[] _rowOf;
    private readonly int[] _cameFrom;
    private readonly bool[] _used;

    /// <summary>For at most <paramref name="most"/> rows and as many columns.</summary>
    public Assignment(int most)
    {
        _rowPrices = new float[most + 1];
        _columnPrices = new float[most + 1];
        _least = new float[most + 1];
        _rowOf = new int[most + 1];
        _cameFrom = new int[most + 1];
        _used = new bool[most + 1];
    }

    /// <summary>
    /// Pairs at the least total cost, where a row without a partner costs <paramref name="limit"/>: two poor pairs never displace a good
    /// one for the sake of their number.
    /// </summary>
    /// <param name="costs">[rows, columns], row by row.</param>
    /// <param name="limit">The cost from which two are never paired, above 0.</param>
    /// <param name="rows">At most <paramref name="columns"/>: the caller turns the table over where there are more.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="columnOf">Takes each row's column, or -1.</param>
    public void Solve(
        ReadOnlySpan<float> costs,
        float limit,
        int rows,
        int columns,
        Span<int> columnOf
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, columns);
        _rowPrices.AsSpan(0, rows + 1).Clear();
        _columnPrices.AsSpan(0, columns + 1).Clear();
        _rowOf.AsSpan(0, columns + 1).Clear();
        for (int row = 1; row <= rows; row++)
        {
            Augment(costs, limit, row, columns);
        }

        columnOf[..rows].Fill(-1);
        for (int column = 1; column <= columns; column++)
        {
            int row = _rowOf[column] - 1;
            if (row >= 0 && costs[(row * columns) + column - 1] < limit)
            {
                columnOf[row] = column - 1;
            }
        }
    }

    // Rows and columns count from 1 here; column 0 stands for the row that is being added.
    private void Augment(ReadOnlySpan<float> costs, float limit, int added, int columns)
    {
        _rowOf[0] = added;
        _least.AsSpan(0, columns + 1).Fill(float.PositiveInfinity);
        _used.AsSpan(0, columns + 1).Clear();
        int column = 0;
        do
        {
            _used[column] = true;
            int row = _rowOf[column];
            float step = float.PositiveInfinity;
            int next = 0;
            for (int other = 1; other <= columns; other++)
            {
                if (_used[other])
                {
                    continue;
                }

                float cost =
                    Math.Min(costs[((row - 1) * columns) + other - 1], limit)
                    - _rowPrices[row]
                    - _columnPrices[other];
                if (cost < _least[other])
                {
                    (_least[other], _cameFrom[other]) = (cost, column);
                }

                if (_least[other] < step)
                {
                    (step, next) = (_least[other], other);
                }
            }

            for (int other = 0; other <= columns; other++)
            {
                if (_used[other])
                {
                    _rowPrices[_rowOf[other]] += step;
                    _columnPrices[other] -= step;
                }
                else
                {
                    _least[other] -= step;
                }
            }

            column = next;
        } while (_rowOf[column] != 0);

        while (column != 0)
        {
            int before = _cameFrom[column];
            _rowOf[column] = _rowOf[before];
            column = before;
        }
    }
}
