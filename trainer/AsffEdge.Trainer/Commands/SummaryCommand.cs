using System.CommandLine;
using System.Globalization;
using AsffEdge.Trainer.Network;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train summary</c>: layers, shapes, parameters and cost of a network.</summary>
public static class SummaryCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        NetworkOptions network = new();
        var size = new Option<int>("--size")
        {
            Description = "Input size in pixels, a multiple of 32.",
            DefaultValueFactory = _ => 416,
        };
        var total = new Option<bool>("--total") { Description = "Print the totals only." };
        var command = new Command(
            "summary",
            "Show a network's layers, shapes, parameters and cost.\n\nExample: asff-train summary --variant asff --size 608"
        );
        network.AddTo(command);
        command.Add(size);
        command.Add(total);
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    Print(
                        network.Read(parsed),
                        CommandErrors.RequireSize(parsed.GetValue(size)),
                        parsed.GetValue(total)
                    );
                    return 0;
                }
            )
        );
        return command;
    }

    private static void Print(NetworkConfiguration network, int size, bool totalOnly)
    {
        SummaryOps summary = SummaryOps.Of(network, size);
        if (!totalOnly)
        {
            Table table = new Table().Border(TableBorder.Simple);
            foreach (string heading in (string[])["Layer", "Operation", "Output"])
            {
                table.AddColumn(new TableColumn(heading).NoWrap().PadLeft(0).PadRight(1));
            }

            table.AddColumn(
                new TableColumn("Parameters").RightAligned().NoWrap().PadLeft(0).PadRight(1)
            );
            table.AddColumn(
                new TableColumn("GFLOPs").RightAligned().NoWrap().PadLeft(0).PadRight(0)
            );
            foreach (LayerSummary layer in summary.Layers)
            {
                table.AddRow(
                    layer.Name,
                    layer.Operation,
                    $"{layer.Output.Channels}×{layer.Output.Height}×{layer.Output.Width}",
                    layer.Parameters.ToString("N0", CultureInfo.InvariantCulture),
                    (layer.MultiplyAdds * 2 / 1e9).ToString("N3", CultureInfo.InvariantCulture)
                );
            }

            AnsiConsole.Write(table);
        }

        long parameters = summary.Layers.Sum(layer => layer.Parameters);
        double flops = summary.Layers.Sum(layer => layer.MultiplyAdds) * 2 / 1e9;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{network.Variant}, {network.Classes} classes, {size}×{size}: {parameters:N0} parameters ({parameters * 4 / 1e6:N1} MB as fp32), {flops:N2} GFLOPs"
            )
        );
    }
}
