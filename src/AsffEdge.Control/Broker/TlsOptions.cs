using AsffEdge.Control.Settings;

namespace AsffEdge.Control.Broker;

/// <summary>Encryption of the connection to the broker (<c>mqtt.tls:</c>). There is no way to skip the check of the broker's certificate.</summary>
public sealed record TlsOptions
{
    /// <summary>Whether to encrypt.</summary>
    public bool Enabled { get; init; }

    /// <summary>PEM file with the authorities to trust; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with the agent's own certificate; null: none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Reads the section.</summary>
    public static TlsOptions Read(SettingReader settings)
    {
        TlsOptions options = new()
        {
            Enabled = settings.Flag("enabled", false),
            CaFile = settings.OptionalFile("ca_file"),
            CertificateFile = settings.OptionalFile("certificate_file"),
            KeyFile = settings.OptionalFile("key_file"),
        };
        if ((options.CertificateFile is null) != (options.KeyFile is null))
        {
            settings.Report(
                options.KeyFile is null ? "key_file" : "certificate_file",
                "is missing; certificate_file and key_file go together"
            );
        }

        if (!options.Enabled && (options.CaFile ?? options.CertificateFile) is not null)
        {
            settings.Report(
                "enabled",
                "is false, but there are certificates; set it to true or remove them"
            );
        }

        return options;
    }
}
