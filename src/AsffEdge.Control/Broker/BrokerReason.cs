namespace AsffEdge.Control.Broker;

/// <summary>Why there is no connection to the broker, for programs. The log shows it in snake case.</summary>
public enum BrokerReason
{
    /// <summary>The connection was there and has ended without a word.</summary>
    Closed,

    /// <summary>Nothing listens at the port.</summary>
    Refused,

    /// <summary>The name has no address.</summary>
    UnknownHost,

    /// <summary>No way leads to the address.</summary>
    NoRoute,

    /// <summary>No answer in time to the connection, to its first message or to the subscriptions.</summary>
    TimedOut,

    /// <summary>The connection was there, and nothing is acknowledged any more.</summary>
    Silent,

    /// <summary>There is no TLS at the other end, or none that both sides know.</summary>
    TlsFailed,

    /// <summary>The broker's certificate comes from an authority that is not trusted.</summary>
    CertificateUntrusted,

    /// <summary>The broker's certificate has expired or is not valid yet.</summary>
    CertificateExpired,

    /// <summary>The broker's certificate is that of another machine.</summary>
    CertificateWrongName,

    /// <summary>The broker's certificate was revoked, or nobody can say whether it was.</summary>
    CertificateRevoked,

    /// <summary>The broker does not take this client's certificate.</summary>
    ClientCertificate,

    /// <summary>A password, certificate or key cannot be read.</summary>
    Unreadable,

    /// <summary>The user name or the password is wrong.</summary>
    BadCredentials,

    /// <summary>The broker does not authorise this client.</summary>
    NotAuthorised,

    /// <summary>The broker has banned this client.</summary>
    Banned,

    /// <summary>The broker does not accept the client's id.</summary>
    BadClientId,

    /// <summary>The broker does not know this version of MQTT.</summary>
    BadProtocolVersion,

    /// <summary>The broker is busy, not available or shutting down.</summary>
    Unavailable,

    /// <summary>A quota or a rate at the broker is exceeded.</summary>
    Quota,

    /// <summary>The broker takes no packet so large.</summary>
    PacketTooLarge,

    /// <summary>The broker refers to another one.</summary>
    OtherServer,

    /// <summary>Another client has the same id.</summary>
    TakenOver,

    /// <summary>What came is not what the protocol allows, or the broker says so of what was sent.</summary>
    Protocol,

    /// <summary>There is no WebSocket at the path.</summary>
    NoWebSocket,

    /// <summary>The broker takes no will of quality of service 1.</summary>
    QosNotSupported,

    /// <summary>The broker takes no will that is to be retained.</summary>
    RetainNotSupported,

    /// <summary>The agent stops.</summary>
    Stopping,

    /// <summary>Something else; the text says what.</summary>
    Other,
}
