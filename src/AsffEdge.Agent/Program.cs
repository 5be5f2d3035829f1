using System.CommandLine;
using System.CommandLine.Invocation;
using AsffEdge.Agent.Commands;
using AsffEdge.Control.CommandLine;

RootCommand root = new(
    "Detect objects in camera streams on the device itself, and publish them over MQTT"
);
root.Subcommands.Add(DemoCommand.Create());
root.Subcommands.Add(RunCommand.Create());
root.Subcommands.Add(CheckConfigCommand.Create());
root.Subcommands.Add(ModelCommand.Create());
root.Subcommands.Add(DetectCommand.Create());
root.Subcommands.Add(FootageCommand.Create());
root.Subcommands.Add(BenchmarkCommand.Create());
HelpWithExamples.AddTo(
    root,
    "asff-edge demo",
    "asff-edge check-config --config agent.yaml",
    "asff-edge model check models/pedestrian.onnx",
    "asff-edge run --config agent.yaml",
    "asff-edge detect street.jpg --model models/pedestrian.onnx",
    "asff-edge footage pack --config agent.yaml --out /media/stick",
    "asff-edge run --help"
);

ParseResult arguments = root.Parse(args);

// A command that is told to stop gets the time to do it; the agent needs up to ten seconds.
InvocationConfiguration invocation = new()
{
    ProcessTerminationTimeout = TimeSpan.FromSeconds(15),
    EnableDefaultExceptionHandler = false,
};
try
{
    int exitCode = await arguments.InvokeAsync(invocation).ConfigureAwait(false);
    return arguments.Action is ParseErrorAction ? ExitCodes.Usage : exitCode;
}
// What no command expects: where it came from, unless it is a machine without the libraries.
catch (Exception error)
{
    string message = MissingLibrary.Find(error) ?? error.ToString();
    await Console.Error.WriteLineAsync($"asff-edge: {message}").ConfigureAwait(false);
    return ExitCodes.Failed;
}
