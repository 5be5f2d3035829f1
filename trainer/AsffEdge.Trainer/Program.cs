using System.CommandLine;
using System.CommandLine.Invocation;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Commands.Datasets;

var root = new RootCommand("Train, evaluate and export ASFF-YOLOv3 and RetinaNet.")
{
    SummaryCommand.Create(),
    ImportTableCommand.Create(),
    ImportCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    ExportCommand.Create(),
    GoldenCommand.Create(),
    PredictCommand.Create(),
    PlotCommand.Create(),
    VisualizeCommand.Create(),
    BenchmarkCommand.Create(),
    CompareCommand.Create(),
    DatasetCommand.Create(),
};
ParseResult arguments = root.Parse(args);
int exitCode = await arguments.InvokeAsync();
return arguments.Action is ParseErrorAction ? 2 : exitCode;
