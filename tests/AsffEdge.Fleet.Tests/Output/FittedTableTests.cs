using AsffEdge.Fleet.Output;
using FsCheck;
using FsCheck.Fluent;
using Spectre.Console;

namespace AsffEdge.Fleet.Tests.Output;

public sealed class FittedTableTests
{
    private static readonly FittedColumn[] Columns =
    [
        new("agent", 0),
        new("groups", 2),
        new("report", 0),
        new("fps", 1),
    ];

    private static readonly string[] Row = ["gate-07", "gates, oslo", "rejected bad_size", "9.8"];

    [Theory]
    [InlineData(80, "gate-07  gates, oslo  rejected bad_size  9.8")]
    [InlineData(44, "gate-07  gates, oslo  rejected bad_size  9.8")]
    [InlineData(43, "gate-07  rejected bad_size  9.8")]
    [InlineData(30, "gate-07  rejected bad_size")]
    [InlineData(20, "gate-07  rejected b…")]
    [InlineData(12, "gate…  reje…")]
    public void Columns_go_by_rank_before_texts_are_cut(int width, string expected)
    {
        Assert.Equal(expected, Lines([Row], width)[1]);
    }

    [Fact]
    public void Every_row_is_one_line_of_at_most_the_width()
    {
        Gen<string> cell = Gen.Elements(
                "",
                "x",
                "gate-07",
                "a longer text with words",
                "tab\tnew\nline\e[31m"
            )
            .SelectMany(text => Gen.Choose(0, 40).Select(count => text + new string('w', count)));
        Gen<string[][]> rows = Gen.ArrayOf(Gen.ArrayOf(cell, Columns.Length));
        Prop.ForAll(
                rows.ToArbitrary(),
                Gen.Choose(12, 120).ToArbitrary(),
                (table, width) =>
                {
                    string[] lines = Lines(table, width);
                    Assert.Equal(table.Length + 1, lines.Length);
                    Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
                    Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Rows_that_are_not_shown_hold_the_columns_in_their_places()
    {
        string[] wide = ["a-very-long-name", "-", "-", "-"];

        string[] lines = Rendering.Lines(
            FittedTable.Of(Columns, Rows([Row, wide]), 80, shown: 1),
            80
        );

        Assert.Equal(
            [
                "agent             groups       report             fps",
                "gate-07           gates, oslo  rejected bad_size  9.8",
            ],
            lines
        );
    }

    private static string[] Lines(string[][] rows, int width) =>
        Rendering.Lines(FittedTable.Of(Columns, Rows(rows), width), width);

    private static FittedRow[] Rows(string[][] rows) =>
        [.. rows.Select(cells => new FittedRow(cells, Style.Plain))];
}
