using System.CommandLine;
using AsffEdge.Trainer.Commands;

var root = new RootCommand("Train, evaluate and export ASFF-YOLOv3.")
{
    SummaryCommand.Create(),
    ImportTableCommand.Create(),
    ImportCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    ExportCommand.Create(),
    PredictCommand.Create(),
    PlotCommand.Create(),
    VisualizeCommand.Create(),
    BenchmarkCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
