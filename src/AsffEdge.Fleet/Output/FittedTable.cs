using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>A column of a <see cref="FittedTable"/>.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Rank">0: always there; of the others the one with the greatest rank goes first where there is not room for all.</param>
internal sealed record FittedColumn(string Title, int Rank);

/// <summary>A row of a <see cref="FittedTable"/>.</summary>
/// <param name="Cells">A text for each column.</param>
/// <param name="Style">Its colour.</param>
internal sealed record FittedRow(IReadOnlyList<string> Cells, Style Style);

/// <summary>
/// A table whose rows are a line each, however narrow the terminal: first whole columns go, then texts are cut. Without borders, so that
/// what is piped into another program is words in columns.
/// </summary>
internal static class FittedTable
{
    private const int Gap = 2;
    private const int Narrowest = 4;
    private static readonly Style Heading = new(decoration: Decoration.Bold);

    /// <summary>The first <paramref name="shown"/> of <paramref name="rows"/>; all of them decide the columns' widths, so that these stay when rows move.</summary>
    public static Table Of(
        IReadOnlyList<FittedColumn> columns,
        IReadOnlyList<FittedRow> rows,
        int width,
        int shown = int.MaxValue
    )
    {
        FittedRow[] clean =
        [
            .. rows.Select(row => row with { Cells = [.. row.Cells.Select(PlainText.Clean)] }),
        ];
        int[] widths =
        [
            .. columns.Select(
                (column, index) =>
                    clean.Select(row => row.Cells[index].Length).Append(column.Title.Length).Max()
            ),
        ];
        int[] kept = Fit(columns, widths, width);
        Table table = new Table().Border(TableBorder.None).HideHeaders();
        foreach (int index in kept)
        {
            table.AddColumn(
                new TableColumn("")
                    .NoWrap()
                    .Width(widths[index])
                    .Padding(0, 0, index == kept[^1] ? 0 : Gap, 0)
            );
        }

        // The heading is a row, because Spectre.Console sets it off by lines of its own.
        table.AddRow(kept.Select(index => Cell(columns[index].Title, widths[index], Heading)));
        foreach (FittedRow row in clean.Take(shown))
        {
            table.AddRow(kept.Select(index => Cell(row.Cells[index], widths[index], row.Style)));
        }

        return table;
    }

    private static Text Cell(string text, int width, Style style) =>
        new(PlainText.Cut(text, width), style);

    /// <summary>The columns to show; what is in <paramref name="widths"/> is cut where even the least of them are too wide.</summary>
    private static int[] Fit(IReadOnlyList<FittedColumn> columns, int[] widths, int width)
    {
        List<int> kept = [.. Enumerable.Range(0, columns.Count)];
        while (Total(kept, widths) > width && kept.Any(index => columns[index].Rank > 0))
        {
            kept.Remove(kept.MaxBy(index => columns[index].Rank));
        }

        while (Total(kept, widths) > width)
        {
            int widest = kept.MaxBy(index => widths[index]);
            if (widths[widest] <= Narrowest)
            {
                break;
            }

            widths[widest]--;
        }

        return [.. kept];
    }

    private static int Total(List<int> kept, int[] widths) =>
        kept.Sum(index => widths[index] + Gap) - Gap;
}
