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

// An interrupted command removes what it has begun, which may be thousands of files.
int exitCode = await arguments.InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) }
);
return arguments.Action is ParseErrorAction ? 2 : exitCode;
