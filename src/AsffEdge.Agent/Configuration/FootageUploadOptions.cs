using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>Where footage is sent (<c>footage.upload:</c>).</summary>
public sealed record FootageUploadOptions
{
    private const string S3Scheme = "s3";
    private const string AllowedUrl =
        "http://, https:// or s3:// and what follows, without user, password, '?' and '#', such as https://host/path/ or s3://bucket/prefix";

    /// <summary>The address below which packs are put, <c>https://host/path/</c> or <c>s3://bucket/prefix</c>; null: nothing is sent.</summary>
    public string? Url { get; init; }

    /// <summary>The address of the S3 service; null: that of Amazon.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The region that requests to S3 are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>User name, of S3 the id of the access key; null: none.</summary>
    public string? Username { get; init; }

    /// <summary>Password, of S3 the secret access key, from the environment only; null: none, or see <see cref="PasswordFile"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Absolute path of a file whose first line is the password; read for every pack.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>PEM file with the authorities to trust; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>MiB of pictures in a pack at most.</summary>
    public int PackMb { get; init; } = 64;

    /// <summary>Seconds from one time that all has been sent to the next.</summary>
    public int EveryS { get; init; } = 3600;

    /// <summary>Kilobytes (1000 bytes) sent a second at most; null: as many as go through.</summary>
    public int? KbPerS { get; init; }

    /// <summary>When packs are begun, <c>HH:MM-HH:MM</c> in local time; null: at any time.</summary>
    public string? Hours { get; init; }

    /// <summary>Whether anything is sent.</summary>
    internal bool IsWanted => Url is not null;

    /// <summary>Whether it is sent to S3.</summary>
    internal bool IsS3 => Url is not null && new Uri(Url).Scheme == S3Scheme;

    internal static FootageUploadOptions Read(SettingReader settings)
    {
        FootageUploadOptions options = new()
        {
            Url = ReadAddress(settings, "url", AllowedUrl, "http", "https", S3Scheme),
            Endpoint = ReadAddress(
                settings,
                "endpoint",
                "http:// or https:// and a host, such as https://s3.example.com:9000",
                "http",
                "https"
            ),
            Region = settings.Text(
                "region",
                "us-east-1",
                text => text.Length is > 0 and <= 64 && text.All(IsOfRegion),
                "1 to 64 letters, digits and '-'"
            ),
            Username = settings.OptionalText(
                "username",
                text => text.Length is > 0 and <= 256 && !text.Any(char.IsControl),
                "1 to 256 characters"
            ),
            Password = settings.OptionalText("password"),
            PasswordFile = settings.OptionalFile("password_file"),
            CaFile = settings.OptionalFile("ca_file"),
            PackMb = settings.WholeNumber("pack_mb", 64, 1, 4096),
            EveryS = settings.WholeNumber("every_s", 3600, 1, 604800),
            KbPerS = settings.Has("kb_per_s")
                ? settings.WholeNumber("kb_per_s", 1, 1, 1000000)
                : null,
            Hours = settings.OptionalText(
                "hours",
                text => DailyWindow.TryParse(text, out _),
                DailyWindow.Allowed
            ),
        };
        Check(settings, options);
        return options;
    }

    private static void Check(SettingReader settings, FootageUploadOptions options)
    {
        if (
            options.Password is not null
            && settings.OriginOf("password").Layer != SettingLayer.Environment
        )
        {
            settings.Report(
                "password",
                $"is a secret and does not belong here; allowed: password_file, or the environment variable {ConfigurationLoader.EnvironmentPrefix}FOOTAGE__UPLOAD__PASSWORD"
            );
        }

        bool hasPassword = (options.Password ?? options.PasswordFile) is not null;
        if (hasPassword && options.Username is null)
        {
            settings.Report("username", "is missing, but there is a password");
        }

        if (options.IsS3 && !(hasPassword && options.Username is not null))
        {
            settings.Report(
                "url",
                "is an S3 address, which needs username (the id of an access key) and password_file (the secret one)"
            );
        }

        if (options.Url is not null && !options.IsS3 && options.Endpoint is not null)
        {
            settings.Report("endpoint", "is for S3 only; set url: s3://bucket/prefix or remove it");
        }
    }

    private static bool IsOfRegion(char character) =>
        char.IsAsciiLetterOrDigit(character) || character == '-';

    // Not shown: what is wrong with it may be that it holds a password.
    private static string? ReadAddress(
        SettingReader settings,
        string key,
        string allowed,
        params string[] schemes
    )
    {
        string? text = settings.OptionalText(key);
        if (
            text is null
            || Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
                && schemes.Contains(address.Scheme)
                && address is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
        )
        {
            return text;
        }

        settings.Report(key, $"is no address that can be used; allowed: {allowed}");
        return null;
    }
}
