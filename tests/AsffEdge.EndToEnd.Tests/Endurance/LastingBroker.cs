using AsffEdge.Tests.Brokers;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>A Mosquitto that keeps what it has not delivered yet over its own restarts, so that whatever is missing was lost by the agent.</summary>
internal sealed class LastingBroker : Mosquitto
{
    /// <summary>Whether it runs.</summary>
    public bool IsUp { get; private set; }

    public override async Task StartAsync()
    {
        await base.StartAsync();
        IsUp = true;
    }

    /// <summary>Ends as a service does, and writes down what it has.</summary>
    public override async Task StopAsync()
    {
        if (IsUp)
        {
            IsUp = false;
            await TerminateAsync();
        }
    }

    protected override string Configure() =>
        base.Configure()
            .Replace(
                "persistence false\n",
                $"persistence true\npersistence_location {Folder.Path}/\nmax_queued_messages 0\nset_tcp_nodelay true\n",
                StringComparison.Ordinal
            );
}
