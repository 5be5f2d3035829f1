using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>The policy that chooses frames with objects of rare classes (<c>footage.policies.rare_class:</c>).</summary>
public sealed record FootageRareClassPolicyOptions : FootagePolicyOptions
{
    /// <summary>The classes; none: those that few of the objects seen are of.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    internal static new FootageRareClassPolicyOptions Read(SettingReader settings) =>
        new()
        {
            Share = ReadShare(settings),
            Classes = settings.Texts(
                "classes",
                [],
                text => text.Length > 0,
                "names of the model's classes"
            ),
        };
}
