using System.Globalization;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary>Tables of counts.</summary>
internal static class DatasetTables
{
    /// <summary>A table whose first column is text and whose others are numbers.</summary>
    public static Table Create(params string[] headings)
    {
        Table table = new Table().Border(TableBorder.Simple);
        for (int column = 0; column < headings.Length; column++)
        {
            var heading = new TableColumn(Markup.Escape(headings[column]));
            table.AddColumn(column == 0 ? heading : heading.RightAligned().NoWrap());
        }

        return table;
    }

    /// <summary>Adds a row.</summary>
    public static void Row(Table table, string name, params int[] numbers) =>
        table.AddRow([
            Markup.Escape(name),
            .. numbers.Select(number => number.ToString("N0", CultureInfo.InvariantCulture)),
        ]);
}
