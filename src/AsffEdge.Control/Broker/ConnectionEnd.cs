using System.Text.Json;

namespace AsffEdge.Control.Broker;

/// <summary>How a connection to the broker ended, or why there was none.</summary>
/// <param name="Reason">For programs.</param>
/// <param name="Text">For people: what happened and which key of the configuration to look at.</param>
public readonly record struct ConnectionEnd(BrokerReason Reason, string Text)
{
    /// <summary><see cref="Reason"/> as it is written, <c>bad_credentials</c> for example.</summary>
    public string Code => JsonNamingPolicy.SnakeCaseLower.ConvertName(Reason.ToString());

    /// <inheritdoc/>
    public override string ToString() => $"{Text} ({Code})";
}
