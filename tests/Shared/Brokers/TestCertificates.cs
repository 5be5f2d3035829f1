using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AsffEdge.Tests.Brokers;

/// <summary>An authority of one's own, a certificate for a broker on this machine and one for an agent, as PEM files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset To = DateTimeOffset.UtcNow.AddDays(1);

    private readonly TemporaryFolder _folder = new();

    /// <param name="agent">The agent's id.</param>
    public TestCertificates(string agent)
    {
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = NewRequest("CN=test authority", authorityKey);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 authority = request.CreateSelfSigned(From, To);
        Authority = _folder.Write("ca.pem", authority.ExportCertificatePem());
        (Broker, BrokerKey) = Issue(authority, "broker", "127.0.0.1");
        (OtherHost, OtherHostKey) = Issue(authority, "other", "192.0.2.1");
        (Agent, AgentKey) = Issue(authority, agent, null);
        (Expired, ExpiredKey) = Issue(
            authority,
            "expired",
            "127.0.0.1",
            DateTimeOffset.UtcNow.AddMinutes(-1)
        );
    }

    public string Authority { get; }

    public string Broker { get; }

    public string BrokerKey { get; }

    /// <summary>A certificate of the authority for another machine.</summary>
    public string OtherHost { get; }

    public string OtherHostKey { get; }

    /// <summary>A certificate of the authority for this machine that is valid no more.</summary>
    public string Expired { get; }

    public string ExpiredKey { get; }

    public string Agent { get; }

    public string AgentKey { get; }

    public void Dispose() => _folder.Dispose();

    private static CertificateRequest NewRequest(string subject, ECDsa key) =>
        new(subject, key, HashAlgorithmName.SHA256);

    private (string Certificate, string Key) Issue(
        X509Certificate2 authority,
        string name,
        string? address,
        DateTimeOffset? to = null
    )
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = NewRequest($"CN={name}", key);
        if (address is not null)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddIpAddress(IPAddress.Parse(address));
            request.CertificateExtensions.Add(names.Build());
        }

        using X509Certificate2 certificate = request.Create(
            authority,
            From,
            to ?? To,
            RandomNumberGenerator.GetBytes(8)
        );
        return (
            _folder.Write($"{name}.pem", certificate.ExportCertificatePem()),
            _folder.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem())
        );
    }
}
