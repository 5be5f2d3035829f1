using System.Text;
using AsffEdge.Trainer.Data;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class JsonLinesTests
{
    // What stands between two entries, and entries with what could be taken for the beginning of one.
    private static readonly string[] Gaps = ["", " ", "\n", "\r\n", "\n\n \n"];
    private static readonly string[] Entries =
    [
        "{}",
        "{\"a\": \"}{\\n\"}",
        "{\n\"a\":\n{\"b\": [{}, {\n}]}}",
        "{\"a\": [[1, 2],\n[3]], \"images\": [{}]}",
    ];

    [Fact]
    public void Names_the_line_on_which_every_entry_begins()
    {
        Gen<(int Gap, int Entry)[]> section = Gen.Zip(
                Gen.Choose(0, Gaps.Length - 1),
                Gen.Choose(0, Entries.Length - 1)
            )
            .ArrayOf();
        Prop.ForAll(
                Gen.Zip(section, section).ToArbitrary(),
                sections =>
                {
                    var text = new StringBuilder("{");
                    List<int> images = Append(text, "images", sections.Item1);
                    text.Append(", \"info\": {\"images\": [{}]},\n");
                    List<int> annotations = Append(text, "annotations", sections.Item2);
                    text.Append('}');
                    IReadOnlyDictionary<string, IReadOnlyList<int>> lines = Read(text.ToString());
                    return lines["images"].SequenceEqual(images)
                        && lines["annotations"].SequenceEqual(annotations);
                }
            )
            .Check(Config.QuickThrowOnFailure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void Reads_files_that_are_larger_than_its_buffer(string mark)
    {
        string longName = new('x', 200_000);
        IEnumerable<string> entries = Enumerable
            .Range(1, 5000)
            .Select(id =>
                $$"""{"id": {{id}}, "file_name": "{{(id == 2500 ? longName : "a.png")}}"}"""
            );

        IReadOnlyList<int> lines = Read($"{mark}{{\"images\": [{string.Join(",\n", entries)}]}}")[
            "images"
        ];

        Assert.Equal(Enumerable.Range(1, 5000), lines);
    }

    private static List<int> Append(StringBuilder text, string name, (int Gap, int Entry)[] entries)
    {
        var lines = new List<int>();
        text.Append($"\"{name}\": [");
        for (int index = 0; index < entries.Length; index++)
        {
            text.Append(index == 0 ? "" : ",").Append(Gaps[entries[index].Gap]);
            lines.Add(1 + text.ToString().Count(character => character == '\n'));
            text.Append(Entries[entries[index].Entry]);
        }

        text.Append(']');
        return lines;
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<int>> Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return JsonLines.Of(stream);
    }
}
