using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Agent.Commands;

/// <summary>What <c>asff-edge benchmark</c> measured.</summary>
/// <param name="Model">The model's name and version.</param>
/// <param name="Provider">Execution provider.</param>
/// <param name="Threads">Threads of one inference; 0: one a core.</param>
/// <param name="Cores">Processors of the machine.</param>
/// <param name="Video">What was played.</param>
/// <param name="DecodeMs">Milliseconds that one core takes to decode a frame of it.</param>
/// <param name="Sizes">By input size.</param>
/// <param name="Memory">Resident memory.</param>
internal sealed record BenchmarkReport(
    string Model,
    string Provider,
    int Threads,
    int Cores,
    string Video,
    double DecodeMs,
    IReadOnlyList<SizeFigures> Sizes,
    MemoryFigures Memory
) : IBenchmarkReport
{
    /// <inheritdoc/>
    public string ToJson() => JsonSerializer.Serialize(this, BenchmarkJson.Default.BenchmarkReport);

    /// <inheritdoc/>
    public string ToText()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine(
            $"{Model} on {Provider}, {Cores} cores, threads: {(Threads == 0 ? "all" : Threads)}"
        );
        text.WriteLine($"{Video}: {DecodeMs:0.00} ms a frame to decode on one core");
        text.WriteLine();
        text.WriteLine("      frames a second           milliseconds a frame              bytes");
        text.WriteLine("size     bare pipeline ratio    preprocess inference postprocess  a frame");
        foreach (SizeFigures size in Sizes)
        {
            text.WriteLine(
                $"{size.Size, 4} {size.BareFps, 8:0.0} {size.PipelineFps, 8:0.0} {size.Ratio, 5:0.00} "
                    + $"{size.PreprocessMs, 13:0.00} {size.InferenceMs, 9:0.00} {size.PostprocessMs, 11:0.00} "
                    + $"{size.BytesPerFrame, 8:0.0}"
            );
        }

        text.WriteLine();
        text.WriteLine(
            $"resident memory in MB: {Memory.BeforeModel:0} before the model, {Memory.Model:0} the model at all sizes,"
        );
        text.WriteLine(
            $"  {Memory.BesideModel:0} beside the model with {Memory.Cameras} cameras, {Memory.PerCamera:0.0} for each further camera"
        );
        text.WriteLine(
            $"slowest over fastest of {Memory.Cameras} cameras, frames a second: {Memory.Fairness:0.00}"
        );
        return text.ToString();
    }
}

/// <summary>Figures of one input size.</summary>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="BareFps">Runs a second of the session alone.</param>
/// <param name="PipelineFps">Frames a second from a decoded file to results.</param>
/// <param name="Ratio">The second over the first.</param>
/// <param name="PreprocessMs">Mean milliseconds of resizing and normalising.</param>
/// <param name="InferenceMs">Mean milliseconds in ONNX Runtime.</param>
/// <param name="PostprocessMs">Mean milliseconds of decoding and NMS.</param>
/// <param name="BytesPerFrame">Managed bytes that the whole process allocated, by frame.</param>
internal sealed record SizeFigures(
    int Size,
    double BareFps,
    double PipelineFps,
    double Ratio,
    double PreprocessMs,
    double InferenceMs,
    double PostprocessMs,
    double BytesPerFrame
);

/// <summary>Resident memory in MB (10⁶ bytes), and how evenly cameras were served.</summary>
/// <param name="BeforeModel">Before the model was opened.</param>
/// <param name="Model">What opening it and warming all sizes added.</param>
/// <param name="BesideModel">All but the model, with the cameras running.</param>
/// <param name="PerCamera">What each camera after the first added.</param>
/// <param name="Cameras">How many cameras ran.</param>
/// <param name="Fairness">Frames of the camera served least over those of the one served most, 0..1.</param>
internal sealed record MemoryFigures(
    double BeforeModel,
    double Model,
    double BesideModel,
    double PerCamera,
    int Cameras,
    double Fairness
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(BenchmarkReport))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;
