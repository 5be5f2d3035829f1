using AsffEdge.Control.Broker;
using AsffEdge.Fleet.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>A simulated agent with two cameras, which runs the code of a real one, and a folder for its state.</summary>
internal sealed class PlayedAgent : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SimulatedAgent _agent;

    private PlayedAgent(AgentPlan plan, int port) =>
        _agent = new SimulatedAgent(
            plan,
            SimulatedPipeline.Book(cameras: 2),
            new LinkOptions(plan.Id, new BrokerOptions { Host = "127.0.0.1", Port = port }, 15)
            {
                Groups = plan.Groups,
            },
            _folder.Path,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            _stopping.Token
        );

    /// <summary>Connects an agent.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="port">The broker's port on this machine.</param>
    /// <param name="fault">What it cannot do.</param>
    /// <param name="groups">The groups it belongs to.</param>
    public static async Task<PlayedAgent> StartAsync(
        string id,
        int port,
        AgentFault fault = AgentFault.None,
        params string[] groups
    )
    {
        PlayedAgent agent = new(
            new AgentPlan(id, groups, fault, IsAway: false, TimeSpan.Zero),
            port
        );
        await agent._agent.StartAsync(TestContext.Current.CancellationToken);
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _agent.StopAsync();
        _agent.Dispose();
        _stopping.Dispose();
        _folder.Dispose();
    }
}
