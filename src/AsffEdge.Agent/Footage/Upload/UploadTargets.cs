using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Footage.Upload;

/// <summary>Opens the place that packs are sent to, with what its files say at that time.</summary>
internal static class UploadTargets
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(60);

    /// <summary>Opens it.</summary>
    /// <exception cref="UploadException">A file cannot be read.</exception>
    public static IPackTarget Open(FootageUploadOptions options) => Open(options, SilentFor);

    /// <summary>Opens it.</summary>
    /// <param name="options">Where and who.</param>
    /// <param name="silentFor">How long the server may take nothing and say nothing.</param>
    /// <exception cref="UploadException">A file cannot be read.</exception>
    public static IPackTarget Open(FootageUploadOptions options, TimeSpan silentFor)
    {
        string? password = Read(
            "password_file",
            () =>
                options.Password
                ?? (
                    options.PasswordFile is { } file
                        ? File.ReadLines(file).FirstOrDefault("")
                        : null
                )
        );
        SocketsHttpHandler handler = new()
        {
            // Pictures and passwords go where the configuration says, and nowhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectWithin,
            Expect100ContinueTimeout = AnswerWithin,
        };
        if (options.CaFile is { } authorities)
        {
            // Authorities of one's own publish no revocation lists that could be asked.
            X509ChainPolicy policy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            Read(
                "ca_file",
                () =>
                {
                    policy.CustomTrustStore.ImportFromPemFile(authorities);
                    return policy;
                }
            );
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        PacedHandler paced = new(handler, options.KbPerS * 1000.0, silentFor);
        return options.IsS3
            ? new S3Target(paced, options, password!)
            : new HttpTarget(paced, options, password);
    }

    private static T Read<T>(string key, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UploadException(
                $"footage.upload.{key} cannot be used: {error.Message}",
                isRefusal: true,
                error
            );
        }
    }
}
