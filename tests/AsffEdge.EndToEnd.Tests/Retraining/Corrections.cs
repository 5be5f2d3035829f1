using System.IO.Compression;
using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Retraining;

/// <summary>The person who corrects pictures in an annotation tool: takes the boxes of the clip's labels for what is to be seen in them.</summary>
internal static class Corrections
{
    private const string Annotations = "annotations/instances_default.json";

    /// <summary>Corrects what <c>dataset export</c> made.</summary>
    /// <param name="exported">The zip.</param>
    /// <param name="corrected">Where the corrected annotations go, a JSON file.</param>
    /// <param name="labels">The clip's labels.</param>
    /// <param name="frames">The frames that the pictures may show.</param>
    /// <returns>The numbers of the frames that the pictures show.</returns>
    public static IReadOnlyList<int> Write(
        string exported,
        string corrected,
        ClipLabels labels,
        ClipFrames frames
    )
    {
        string folder = Path.ChangeExtension(exported, null);
        ZipFile.ExtractToDirectory(exported, folder);
        JsonNode coco = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, Annotations)))!;
        List<int> numbers = [];
        JsonArray boxes = [];
        foreach (JsonNode? image in coco["images"]!.AsArray())
        {
            string file = Path.Combine(folder, "images", image!["file_name"]!.GetValue<string>());
            numbers.Add(frames.NumberOf(file));
            foreach (Box box in labels.OfFrame(numbers[^1]))
            {
                boxes.Add(Annotation(boxes.Count + 1, image, box));
            }
        }

        coco["annotations"] = boxes;
        File.WriteAllText(corrected, coco.ToJsonString());
        return numbers;
    }

    // Boxes of people who leave the picture reach beyond it.
    private static JsonObject Annotation(int id, JsonNode image, Box box)
    {
        double width = image["width"]!.GetValue<int>();
        double height = image["height"]!.GetValue<int>();
        double left = Math.Clamp(box.Left, 0, 1) * width;
        double top = Math.Clamp(box.Top, 0, 1) * height;
        double right = Math.Clamp(box.Right, 0, 1) * width;
        double bottom = Math.Clamp(box.Bottom, 0, 1) * height;
        return new JsonObject
        {
            ["id"] = id,
            ["image_id"] = image["id"]!.GetValue<int>(),
            ["category_id"] = 1,
            ["bbox"] = new JsonArray(left, top, right - left, bottom - top),
            ["area"] = (right - left) * (bottom - top),
            ["iscrowd"] = 0,
        };
    }
}
