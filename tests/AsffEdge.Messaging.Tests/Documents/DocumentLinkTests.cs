using System.Text.RegularExpressions;

namespace AsffEdge.Messaging.Tests.Documents;

/// <summary>What README and the documents point at is there. (They are no project's own; this one reads the messages in them, too.)</summary>
public sealed partial class DocumentLinkTests
{
    public static TheoryData<string> Documents() =>
        [
            "README.md",
            .. Directory
                .GetFiles(
                    Path.Combine(Repository.Root, "docs"),
                    "*.md",
                    SearchOption.AllDirectories
                )
                .Select(file => Path.GetRelativePath(Repository.Root, file)),
        ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Files_and_headings_that_are_linked_exist(string document)
    {
        string path = Path.Combine(Repository.Root, document);
        List<string> missing = [];
        foreach (Match link in Link().Matches(WithoutCode(path)))
        {
            string[] parts = link.Groups[1].Value.Split('#');
            string target =
                parts[0].Length == 0
                    ? path
                    : Path.GetFullPath(parts[0], Path.GetDirectoryName(path)!);
            bool exists =
                Path.Exists(target) && (parts.Length == 1 || HeadingsOf(target).Contains(parts[1]));
            if (!exists)
            {
                missing.Add(link.Groups[1].Value);
            }
        }

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Targets_of_make_exist(string document)
    {
        string makefile = File.ReadAllText(Path.Combine(Repository.Root, "Makefile"));

        Assert.All(
            MakeCall().Matches(File.ReadAllText(Path.Combine(Repository.Root, document))),
            call =>
                Assert.Contains($"\n{call.Groups[1].Value}:", makefile, StringComparison.Ordinal)
        );
    }

    private static string WithoutCode(string path) => Fence().Replace(File.ReadAllText(path), "");

    // As the usual viewers make an anchor of a heading.
    private static HashSet<string> HeadingsOf(string path) =>
        [
            .. Heading()
                .Matches(WithoutCode(path))
                .Select(heading =>
                    NotInAnchor()
                        .Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "")
                        .Replace(' ', '-')
                ),
        ];

    /// <summary>In Markdown and in HTML; not those to other hosts.</summary>
    [GeneratedRegex(@"(?:\]\(|\b(?:src|href)="")(?![a-z]+:)([^)""\s]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?:`|^|\$ )make ([a-z][a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex MakeCall();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
