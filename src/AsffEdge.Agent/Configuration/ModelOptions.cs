using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>The model and where it runs (<c>model:</c>).</summary>
public sealed record ModelOptions
{
    /// <summary>The execution providers there are.</summary>
    internal static readonly string[] KnownProviders = ["cpu", "cuda", "tensorrt"];

    /// <summary>Path of the ONNX file, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Execution providers, tried in this order.</summary>
    public IReadOnlyList<string> Providers { get; init; } = ["cpu"];

    /// <summary>Threads of an inference on the CPU; 0: one a core.</summary>
    public int Threads { get; init; }

    internal static ModelOptions Read(SettingReader settings)
    {
        string? path = settings.OptionalFile("path");
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
            Providers = providers,
            Threads = settings.WholeNumber("threads", 0, 0, 256),
        };
    }
}
