using System.CommandLine;
using AsffEdge.Agent.Commands;

RootCommand root = new(
    "Detect objects in camera streams on the device itself, and publish them over MQTT"
);
root.Subcommands.Add(CheckConfigCommand.Create());
HelpWithExamples.AddTo(
    root,
    "asff-edge check-config --config agent.yaml",
    "asff-edge check-config --help"
);

ParseResult arguments = root.Parse(args);
int exitCode = await arguments.InvokeAsync().ConfigureAwait(false);
return arguments.Errors.Count > 0 ? ExitCodes.Usage : exitCode;
