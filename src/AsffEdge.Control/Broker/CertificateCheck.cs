using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AsffEdge.Control.Broker;

/// <summary>Says what is wrong with a broker's certificate. What the platform does not accept is never accepted here.</summary>
/// <param name="host">The name or address the certificate must be for.</param>
/// <param name="hasOwnAuthorities">Whether only the authorities of <c>mqtt.tls.ca_file</c> are trusted.</param>
internal sealed class CertificateCheck(string host, bool hasOwnAuthorities)
{
    /// <summary>What was wrong; null: nothing, or there was no certificate yet.</summary>
    public ConnectionEnd? Problem { get; private set; }

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    public bool Accepts(
        object sender,
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors
    )
    {
        Problem =
            errors == SslPolicyErrors.None ? null
            : certificate is X509Certificate2 known ? Describe(known, chain, errors)
            : new ConnectionEnd(BrokerReason.TlsFailed, "it shows no certificate");
        return errors == SslPolicyErrors.None;
    }

    private ConnectionEnd Describe(
        X509Certificate2 certificate,
        X509Chain? chain,
        SslPolicyErrors errors
    )
    {
        X509ChainStatusFlags status = (chain?.ChainStatus ?? []).Aggregate(
            X509ChainStatusFlags.NoError,
            (all, one) => all | one.Status
        );
        // Not signed by the key of that authority: another one of the same name.
        if (
            (
                status
                & (
                    X509ChainStatusFlags.UntrustedRoot
                    | X509ChainStatusFlags.PartialChain
                    | X509ChainStatusFlags.NotSignatureValid
                )
            ) != 0
        )
        {
            string authorities = hasOwnAuthorities
                ? "which is none of those in mqtt.tls.ca_file"
                : "which this system does not trust (see mqtt.tls.ca_file)";
            return new(
                BrokerReason.CertificateUntrusted,
                $"its certificate was issued by '{certificate.Issuer}', {authorities}"
            );
        }

        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return new(
                BrokerReason.CertificateExpired,
                $"its certificate, or that of its authority, is not valid now: its own is from {Utc(certificate.NotBefore)} to {Utc(certificate.NotAfter)}, and this machine's clock says {Utc(DateTime.UtcNow)}"
            );
        }

        if (
            (
                status
                & (
                    X509ChainStatusFlags.Revoked
                    | X509ChainStatusFlags.RevocationStatusUnknown
                    | X509ChainStatusFlags.OfflineRevocation
                )
            ) != 0
        )
        {
            return new(
                BrokerReason.CertificateRevoked,
                $"its certificate was revoked, or its authority cannot be asked whether it was: {status}"
            );
        }

        return (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0
            ? new(
                BrokerReason.CertificateWrongName,
                $"its certificate is for {Names(certificate)}, not for '{host}' (see mqtt.host)"
            )
            : new(BrokerReason.TlsFailed, $"its certificate cannot be accepted: {status}");
    }

    private static string Names(X509Certificate2 certificate)
    {
        List<string> names = [];
        foreach (
            X509SubjectAlternativeNameExtension extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
        )
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(address => address.ToString()));
        }

        return names.Count > 0 ? string.Join(", ", names.Take(5)) : $"'{certificate.Subject}'";
    }

    private static string Utc(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
