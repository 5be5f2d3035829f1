using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests;

/// <summary><c>asff-edge detect</c> on pictures of the clip in which people were counted by eye.</summary>
public sealed class DetectCommandTests : IDisposable
{
    /// <summary>
    /// Frames of the clip (from 1) that the demo model was not trained on, and a point on every person who stands free in
    /// them, in pixels.
    /// </summary>
    private static readonly Dictionary<int, (int X, int Y)[]> People = new()
    {
        [620] = [(78, 214), (135, 175), (478, 214), (597, 305), (638, 335), (402, 490)],
        [680] =
        [
            (195, 188),
            (278, 198),
            (389, 183),
            (496, 205),
            (538, 192),
            (482, 288),
            (188, 385),
        ],
        [740] = [(32, 203), (136, 250), (286, 225), (353, 238), (458, 225), (587, 262), (630, 143)],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task People_are_found_where_they_stand_and_drawn()
    {
        string pictures = Directory
            .CreateDirectory(Path.Combine(_folder.Path, "pictures"))
            .FullName;
        string drawn = Path.Combine(_folder.Path, "drawn");
        foreach (int frame in People.Keys)
        {
            await ExtractAsync(frame, Path.Combine(pictures, $"{frame}.png"));
        }

        (int code, string output, string error) = await ChildProcess.RunAsync(
            TimeSpan.FromMinutes(1),
            TestPaths.AgentProgram,
            ["detect", pictures, "--model", TestPaths.Model, "--size", "608", "--draw", drawn]
        );

        Assert.True(code == 0, error);
        Dictionary<int, JsonNode> found = output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToDictionary(line =>
                int.Parse(Path.GetFileNameWithoutExtension(line["source"]!.GetValue<string>()))
            );
        Assert.Equal(People.Keys, found.Keys.Order());
        Assert.All(
            People,
            frame =>
            {
                IReadOnlyList<Box> boxes = DetectionMessage.Boxes(found[frame.Key]);
                int hit = frame.Value.Count(point => boxes.Any(box => Holds(box, point)));
                Assert.True(
                    hit >= frame.Value.Length - 1,
                    $"{hit} of {frame.Value.Length} people of frame {frame.Key} were found: {found[frame.Key]}"
                );
                Assert.InRange(boxes.Count, frame.Value.Length - 1, frame.Value.Length + 2);
            }
        );
        Assert.Equal(People.Count, Directory.GetFiles(drawn).Length);
    }

    [Fact]
    public async Task A_picture_that_is_none_is_named_and_the_others_are_read()
    {
        string text = _folder.Write("text.png", "this is no picture");
        string picture = Path.Combine(_folder.Path, "620.png");
        await ExtractAsync(620, picture);

        (int code, string output, string error) = await ChildProcess.RunAsync(
            TimeSpan.FromMinutes(1),
            TestPaths.AgentProgram,
            ["detect", text, picture, "--model", TestPaths.Model]
        );

        Assert.Equal(1, code);
        Assert.Contains(text, error, StringComparison.Ordinal);
        Assert.Equal(picture, JsonNode.Parse(output)!["source"]!.GetValue<string>());
    }

    private static bool Holds(Box box, (int X, int Y) point)
    {
        float x = point.X / 768f;
        float y = point.Y / 576f;
        return x >= box.Left && x <= box.Right && y >= box.Top && y <= box.Bottom;
    }

    private static async Task ExtractAsync(int frame, string picture)
    {
        (int code, _, string error) = await ChildProcess.RunAsync(
            TimeSpan.FromMinutes(1),
            "ffmpeg",
            [
                .. "-nostdin -v error -i".Split(' '),
                TestPaths.Clip,
                .. $"-vf select=eq(n\\,{frame - 1}) -frames:v 1".Split(' '),
                picture,
            ]
        );
        Assert.True(code == 0, error);
    }
}
