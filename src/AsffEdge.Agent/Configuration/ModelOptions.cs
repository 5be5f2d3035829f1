using AsffEdge.Agent.Models.Fetching;
using AsffEdge.Control.Models;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>The model and where it runs (<c>model:</c>).</summary>
public sealed record ModelOptions
{
    /// <summary>The execution providers there are.</summary>
    internal static readonly string[] KnownProviders = [Cpu, "cuda", "tensorrt"];

    /// <summary>The execution provider that every device has.</summary>
    internal const string Cpu = "cpu";

    /// <summary>Path of the ONNX file, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>The SHA-256 that the file must have, lower-case hexadecimal; null: any.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Execution providers, tried in this order.</summary>
    public IReadOnlyList<string> Providers { get; init; } = ["cpu"];

    /// <summary>Threads of an inference on the CPU; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Files of the public keys of which one must have signed a model that is staged, absolute; none: it need not be signed.</summary>
    public IReadOnlyList<string> SigningKeys { get; init; } = [];

    /// <summary>
    /// Addresses under which models that are staged may lie; empty: none may; null: any where they must be signed, else those on the broker's host.
    /// </summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>Reads the section.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="hasLastGood">Whether the agent has a copy of a model to go on with, so that the file may be missing.</param>
    internal static ModelOptions Read(SettingReader settings, bool hasLastGood)
    {
        string? path = hasLastGood ? settings.OptionalPath("path") : settings.OptionalFile("path");
        if (path is null)
        {
            settings.RequiredText("path", allowed: "the path of an ONNX file with a manifest");
        }

        IReadOnlyList<string> providers = settings.Texts(
            "providers",
            ["cpu"],
            KnownProviders.Contains,
            string.Join(", ", KnownProviders)
        );
        if (providers.Count == 0)
        {
            settings.Report(
                "providers",
                $"is empty; allowed: one or more of {string.Join(", ", KnownProviders)}"
            );
        }

        return new ModelOptions
        {
            Path = path ?? "",
            Sha256 = settings
                .OptionalText("sha256", IsSha256, "64 hexadecimal digits, as sha256sum prints them")
                ?.ToLowerInvariant(),
            Providers = providers,
            Threads = settings.WholeNumber("threads", 0, 0, 256),
            SigningKeys = ReadSigningKeys(settings),
            Sources = settings.Has("sources")
                ? settings.Texts(
                    "sources",
                    [],
                    ModelSources.IsSource,
                    "addresses such as https://models.example.com/ or http://10.0.0.5:8080/models/, without user and parameters"
                )
                : null,
        };
    }

    private static string[] ReadSigningKeys(SettingReader settings)
    {
        IReadOnlyList<string> paths = settings.Paths("signing_keys");
        foreach (string path in paths)
        {
            try
            {
                ModelSigning.ReadKey(path);
            }
            catch (Exception error)
                when (error is IOException or UnauthorizedAccessException or FormatException)
            {
                settings.Report(
                    "signing_keys",
                    $"holds '{path}', which cannot be used: {error.Message}; allowed in it: files with a public Ed25519 key in PEM"
                );
            }
        }

        return [.. paths];
    }

    /// <summary>Whether a text is a SHA-256 in hexadecimal.</summary>
    internal static bool IsSha256(string text) =>
        text.Length == 64 && text.All(char.IsAsciiHexDigit);
}
