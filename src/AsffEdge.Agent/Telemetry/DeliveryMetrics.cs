using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Publishing;
using AsffEdge.Control.Broker;

namespace AsffEdge.Agent.Telemetry;

/// <summary>What is told of the way to the broker.</summary>
internal static class DeliveryMetrics
{
    /// <summary>Adds the connection, and what goes over it.</summary>
    public static void AddBroker(AgentMeter meter, MqttLink link, DetectionPublisher detections)
    {
        meter.Gauge(
            "asff_edge.mqtt.connected",
            null,
            "1 while there is a connection to the broker",
            () => link.IsConnected ? 1 : 0
        );
        meter.Counter(
            "asff_edge.mqtt.connections",
            "{connection}",
            "Connections made to the broker",
            () => link.Traffic.Connections
        );
        meter.Gauge(
            "asff_edge.mqtt.acknowledgement_age",
            "s",
            "Time since the broker's last acknowledgement; not there without a connection",
            () => link.AcknowledgementAge?.TotalSeconds
        );
        meter.Counter(
            "asff_edge.mqtt.sent",
            "{message}",
            "Messages published, of all kinds",
            () => link.Traffic.Sent
        );
        meter.Counter(
            "asff_edge.mqtt.received",
            "{message}",
            "Messages that came, of all kinds",
            () => link.Traffic.Received
        );
        meter.Counter(
            "asff_edge.mqtt.refused",
            "{message}",
            "Messages that the broker refused",
            () => link.Traffic.Refused
        );
        meter.Counter(
            "asff_edge.mqtt.too_large",
            "{message}",
            "Messages not sent because the broker takes none so large",
            () => link.Traffic.TooLarge
        );
        meter.Counter(
            "asff_edge.detections.published",
            "{message}",
            "Detection messages handed to the broker",
            () => detections.Published
        );
        meter.Counter(
            "asff_edge.detections.dropped",
            "{message}",
            "Detection messages dropped because the broker was away or slow",
            () => detections.Dropped
        );
    }

    /// <summary>Adds the outbox.</summary>
    public static void AddOutbox(AgentMeter meter, DiskOutbox outbox)
    {
        meter.Gauge(
            "asff_edge.outbox.messages",
            "{message}",
            "Messages that wait on disk for the broker",
            () => outbox.Status.Depth
        );
        meter.Gauge("asff_edge.outbox.size", "By", "What they take", () => outbox.Status.Bytes);
        meter.Gauge(
            "asff_edge.outbox.oldest_age",
            "s",
            "How long the oldest of them has waited while an agent ran; 0: there is none",
            () => outbox.Status.OldestAge.TotalSeconds
        );
        meter.Counter(
            "asff_edge.outbox.dropped",
            "{message}",
            "Messages lost because the outbox was full, they were too old or its file was damaged",
            () => outbox.Status.Dropped
        );
    }
}
