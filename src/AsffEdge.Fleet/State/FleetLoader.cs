using AsffEdge.Fleet.Connection;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.State;

/// <summary>Fills a <see cref="FleetState"/> with what is retained, and keeps it up to date from then on.</summary>
internal static class FleetLoader
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Subscribes and waits until what is retained has arrived.</summary>
    /// <param name="connection">The broker.</param>
    /// <param name="kinds">What to know of the agents.</param>
    /// <param name="agent">One agent, or <c>+</c> for all.</param>
    /// <param name="longest">How long to wait at most.</param>
    /// <param name="note">Is told when that was not enough.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="FleetException">The broker refuses.</exception>
    public static async Task<FleetState> LoadAsync(
        FleetConnection connection,
        IReadOnlyCollection<TopicKind> kinds,
        string agent,
        TimeSpan longest,
        Action<string> note,
        CancellationToken ct
    )
    {
        FleetState state = new(connection.Topics);
        connection.Received += state.Take;
        await connection
            .SubscribeAsync(
                [.. kinds.SelectMany(kind => Filters(connection.Topics, kind, agent))],
                ct
            )
            .ConfigureAwait(false);
        if (!await connection.WaitForRetainedAsync(longest, ct).ConfigureAwait(false))
        {
            note(
                $"retained messages still come after {longest.TotalSeconds} s, so agents may be missing; --wait SECONDS waits longer"
            );
        }

        return state;
    }

    /// <summary>Waits until every agent that is there has told how it is, which the broker does not keep.</summary>
    /// <param name="agents">The agents, asked again and again.</param>
    /// <param name="longest">How long to wait at most.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task WaitForHealthAsync(
        Func<IEnumerable<FleetAgent>> agents,
        TimeSpan longest,
        CancellationToken ct
    )
    {
        long started = TimeProvider.System.GetTimestamp();
        while (
            agents().Any(agent => agent is { IsOnline: true, Health: null })
            && TimeProvider.System.GetElapsedTime(started) < longest
        )
        {
            await Task.Delay(CheckEvery, ct).ConfigureAwait(false);
        }
    }

    private static IEnumerable<string> Filters(Topics topics, TopicKind kind, string agent) =>
        kind switch
        {
            TopicKind.Status => [topics.Status(agent)],
            TopicKind.Info => [topics.Info(agent)],
            TopicKind.Reported => [topics.Reported(agent)],
            TopicKind.Desired => [topics.Desired(agent), topics.GroupDesired("+")],
            TopicKind.Models => [topics.Models(agent)],
            TopicKind.Health => [topics.Health(agent)],
            TopicKind.CameraStatus => [topics.CameraStatus(agent, "+")],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no filter here"),
        };
}
