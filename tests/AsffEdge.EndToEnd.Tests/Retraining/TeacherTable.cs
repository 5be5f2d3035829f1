using System.Globalization;
using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Retraining;

/// <summary>What a good model finds in the clip, in the format of the clip's labels, for where those are not at hand.</summary>
internal static class TeacherTable
{
    private const float Width = 768;
    private const float Height = 576;

    /// <summary>Writes a table from the lines of <c>asff-edge detect</c>.</summary>
    public static void Write(string path, IEnumerable<string> detections) =>
        File.WriteAllLines(path, detections.Select(line => JsonNode.Parse(line)!).SelectMany(Rows));

    private static IEnumerable<string> Rows(JsonNode frame)
    {
        int number = frame["seq"]!.GetValue<int>();
        JsonArray found = frame["detections"]!.AsArray();
        return DetectionMessage
            .Boxes(frame)
            .Zip(
                found,
                (Box box, JsonNode? detection) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{number},-1,{box.Left * Width},{box.Top * Height},{box.Width * Width},{box.Height * Height},{detection!["score"]},-1,-1,-1"
                    )
            );
    }
}
