using System.Globalization;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>What is wrong on the way to the broker: the connection, the outbox and its disk. Asked by <see cref="HealthMonitor"/> alone.</summary>
internal sealed class DeliveryFaults(
    MqttOptions broker,
    MqttLink link,
    DiskOutbox? outbox,
    TimeProvider time
)
{
    private static readonly TimeSpan LossIsRecent = TimeSpan.FromMinutes(10);

    private long _dropped;
    private long? _droppedAt;

    /// <summary>What is wrong now.</summary>
    public IEnumerable<Degradation> Find()
    {
        List<Degradation> found = [];
        if (!link.IsConnected)
        {
            found.Add(
                new Degradation(
                    HealthCode.BrokerUnreachable,
                    $"there is no connection to the broker {broker.Host}:{broker.Port}"
                        + (link.LastEnd is { } why ? $": {why}" : "")
                )
            );
        }

        if (outbox?.Status is { } status)
        {
            AddOutbox(found, status);
        }

        return found;
    }

    private void AddOutbox(List<Degradation> found, OutboxStatus status)
    {
        if (status.Problem is { } problem)
        {
            found.Add(
                new Degradation(
                    HealthCode.OutboxUnwritable,
                    $"the outbox keeps messages in memory only: {problem}"
                )
            );
        }

        if (status.Dropped > _dropped)
        {
            _droppedAt = time.GetTimestamp();
        }

        _dropped = status.Dropped;
        if (_droppedAt is { } at && time.GetElapsedTime(at) < LossIsRecent)
        {
            found.Add(
                new Degradation(
                    HealthCode.OutboxDropping,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{status.Dropped} messages have been lost since the start, some in the last {LossIsRecent.TotalMinutes:F0} minutes"
                    )
                )
            );
        }
    }
}
