using System.CommandLine;
using AsffEdge.Control.Broker;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary>What all commands do around their work: connect, say in words what went wrong, and end with the right code.</summary>
internal static class FleetCommand
{
    /// <summary>Runs <paramref name="work"/> with a connection; <see cref="ExitCodes.Failed"/> and a line on standard error when it cannot be done.</summary>
    public static Task<int> RunAsync(
        BrokerArguments broker,
        ParseResult arguments,
        Func<FleetConnection, CancellationToken, Task<int>> work,
        CancellationToken ct
    ) =>
        RunAsync(
            broker,
            arguments,
            async (BrokerOptions options, CancellationToken ending) =>
            {
                FleetConnection connection = await FleetConnection
                    .ConnectAsync(options, Note, TimeProvider.System, ending)
                    .ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    return await work(connection, ending).ConfigureAwait(false);
                }
            },
            ct
        );

    /// <summary>Loads what the broker holds of the whole fleet and hands it to <paramref name="show"/>, with the broker's address.</summary>
    /// <param name="broker">Where the broker is.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="needed">The kinds of topics that are needed.</param>
    /// <param name="waitS">Seconds to wait for what the broker holds, at most.</param>
    /// <param name="show">Writes the output.</param>
    /// <param name="ct">Ends it early.</param>
    public static Task<int> ShowAsync(
        BrokerArguments broker,
        ParseResult arguments,
        IReadOnlyCollection<TopicKind> needed,
        double waitS,
        Func<FleetState, string, CancellationToken, Task> show,
        CancellationToken ct
    ) =>
        RunAsync(
            broker,
            arguments,
            async (connection, ending) =>
            {
                FleetState state = await FleetLoader
                    .LoadAsync(connection, needed, "+", TimeSpan.FromSeconds(waitS), Note, ending)
                    .ConfigureAwait(false);
                await show(state, connection.Address, ending).ConfigureAwait(false);
                return ExitCodes.Done;
            },
            ct
        );

    /// <summary>Runs <paramref name="work"/>, which makes its own connections, in the same way.</summary>
    public static async Task<int> RunAsync(
        BrokerArguments broker,
        ParseResult arguments,
        Func<BrokerOptions, CancellationToken, Task<int>> work,
        CancellationToken ct
    )
    {
        try
        {
            return await work(broker.Read(arguments), ct).ConfigureAwait(false);
        }
        catch (ConfigurationException error)
        {
            foreach (string problem in error.Problems)
            {
                Note(problem);
            }

            return ExitCodes.Usage;
        }
        catch (FleetException error)
        {
            Note(error.Message);
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Note("interrupted");
            return ExitCodes.Failed;
        }
    }

    /// <summary>A line for the person, beside the output.</summary>
    public static void Note(string text) => Console.Error.WriteLine($"asff-fleet: {text}");
}
