using System.Globalization;
using System.Text.Json.Nodes;
using AsffEdge.Detection;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>Reads detection messages as an outside consumer does: from the JSON, without the agent's own types.</summary>
internal static class DetectionMessage
{
    /// <summary>The boxes ([left, top, width, height] as fractions of the frame).</summary>
    public static IReadOnlyList<Box> Boxes(JsonNode message) =>
        [
            .. message["detections"]!
                .AsArray()
                .Select(detection =>
                {
                    float[] box =
                    [
                        .. detection!["box"]!.AsArray().Select(number => number!.GetValue<float>()),
                    ];
                    return new Box(box[0], box[1], box[0] + box[2], box[1] + box[3]);
                }),
        ];

    /// <summary>The capture time.</summary>
    public static DateTimeOffset Time(JsonNode message) =>
        DateTimeOffset.Parse(message["ts"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    /// <summary>The network's input size the frame was inferred at.</summary>
    public static int Size(JsonNode message) => message["net"]!["size"]!.GetValue<int>();
}
