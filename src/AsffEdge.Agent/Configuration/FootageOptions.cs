using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>Which frames are kept on the device to learn from (<c>footage:</c>).</summary>
public sealed record FootageOptions
{
    /// <summary>Whether any are.</summary>
    public bool Enabled { get; init; }

    /// <summary>Quality of the JPEGs, 50 to 100.</summary>
    public int JpegQuality { get; init; } = 90;

    /// <summary>Least seconds between two frames of a camera.</summary>
    public double MinGapS { get; init; } = 1;

    /// <summary>Bits of 256 in which the hashes of two pictures may differ for one to be a near-duplicate of the other.</summary>
    public int NearDuplicateBits { get; init; } = 12;

    /// <summary>What chooses frames.</summary>
    public FootagePoliciesOptions Policies { get; init; } = FootagePoliciesOptions.Defaults;

    /// <summary>How much is kept.</summary>
    public FootageBudgetOptions Budget { get; init; } = new();

    /// <summary>Where it is sent.</summary>
    public FootageUploadOptions Upload { get; init; } = new();

    internal static FootageOptions Read(SettingReader settings) =>
        new()
        {
            Enabled = settings.Flag("enabled", false),
            JpegQuality = settings.WholeNumber("jpeg_quality", 90, 50, 100),
            MinGapS = settings.OptionalNumber("min_gap_s", 0.04, 86400) ?? 1,
            NearDuplicateBits = settings.WholeNumber("near_duplicate_bits", 12, 0, 128),
            Policies = settings.Has("policies")
                ? settings.Section("policies", FootagePoliciesOptions.Read)
                : FootagePoliciesOptions.Defaults,
            Budget = settings.Section("budget", FootageBudgetOptions.Read),
            Upload = settings.Section("upload", FootageUploadOptions.Read),
        };
}
