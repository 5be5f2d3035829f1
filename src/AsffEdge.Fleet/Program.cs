using System.CommandLine;
using System.CommandLine.Invocation;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Commands;
using AsffEdge.Fleet.Connection;

RootCommand root = new(
    "See what the agents of a fleet do, and switch their profiles and models, over MQTT"
);
BrokerArguments broker = new();
broker.AddTo(root);
root.Subcommands.Add(AgentsCommand.Create(broker));
root.Subcommands.Add(ShowCommand.Create(broker));
root.Subcommands.Add(WatchCommand.Create(broker));
root.Subcommands.Add(CommandCommand.Create(broker));
root.Subcommands.Add(EventsCommand.Create(broker));
root.Subcommands.Add(ProfileCommand.Create(broker));
root.Subcommands.Add(ModelCommand.Create(broker));
root.Subcommands.Add(SimulateCommand.Create(broker));
root.Subcommands.Add(CompletionCommand.Create());
HelpWithExamples.AddTo(
    root,
    "asff-fleet agents --broker broker.local",
    "asff-fleet agents --config fleet.yaml --group gates --json",
    "asff-fleet show gate-07",
    "asff-fleet command gate-07 ping",
    "asff-fleet profile set fast --group gates",
    "asff-fleet model push street.onnx --group gates --wave 5%,25%,100%",
    "ASFF_FLEET__MQTT__HOST=broker.local asff-fleet agents"
);

ParseResult arguments = root.Parse(args);
InvocationConfiguration invocation = new()
{
    // Whoever interrupts a roll-out is told what state it leaves.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(15),
};
int exitCode = await arguments.InvokeAsync(invocation).ConfigureAwait(false);
return arguments.Action is ParseErrorAction ? ExitCodes.Usage : exitCode;
