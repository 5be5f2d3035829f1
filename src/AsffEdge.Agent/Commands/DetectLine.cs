using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Commands;

/// <summary>One line of <c>asff-edge detect</c>: what was found in one picture. The fields mean what they mean in <see cref="FrameMessage"/>.</summary>
/// <param name="Source">The picture's or video's path, or the stream's address without secrets.</param>
/// <param name="Seq">Number of the frame in its video or stream, from 1; 1 for a picture.</param>
/// <param name="Frame">The picture's size.</param>
/// <param name="Net">What inferred it.</param>
/// <param name="LatencyMs">Where the time went.</param>
/// <param name="Detections">The objects, best first.</param>
internal sealed record DetectLine(
    string Source,
    long Seq,
    FrameSize Frame,
    DetectNetwork Net,
    DetectLatency LatencyMs,
    IReadOnlyList<FrameDetection> Detections
)
{
    private static readonly DetectLineJson Json = new(
        new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // The line is never embedded in HTML; labels and paths stay readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );

    /// <summary>As JSON on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.DetectLine);

    /// <summary>An object with its box as [left, top, width, height].</summary>
    public static FrameDetection Describe(DetectedObject found, IReadOnlyList<string> labels) =>
        new(
            (uint)found.ClassId < (uint)labels.Count ? labels[found.ClassId] : null,
            found.ClassId,
            Math.Round(found.Score, 3),
            [
                Math.Round(found.Box.Left, 5),
                Math.Round(found.Box.Top, 5),
                Math.Round(found.Box.Width, 5),
                Math.Round(found.Box.Height, 5),
            ]
        );
}

/// <summary>What inferred the picture.</summary>
internal sealed record DetectNetwork(int Size, string Model, string Version, string Provider);

/// <summary>Milliseconds of resizing and normalising, ONNX Runtime, and decoding and NMS.</summary>
internal sealed record DetectLatency(double Preprocess, double Inference, double Postprocess);

[JsonSerializable(typeof(DetectLine))]
internal sealed partial class DetectLineJson : JsonSerializerContext;
