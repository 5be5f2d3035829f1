namespace AsffEdge.Control.Broker;

/// <summary>There is no connection to the broker, for a known reason.</summary>
/// <param name="reason">For programs.</param>
/// <param name="message">For people.</param>
/// <param name="cause">What is behind it.</param>
internal sealed class BrokerException(BrokerReason reason, string message, Exception? cause = null)
    : IOException(message, cause)
{
    /// <summary>For programs.</summary>
    public BrokerReason Reason => reason;
}
