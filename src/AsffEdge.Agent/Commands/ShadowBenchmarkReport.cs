using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Agent.Commands;

/// <summary>What <c>asff-edge benchmark shadow</c> measured.</summary>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="WithoutFps">Frames a second without both.</param>
/// <param name="FiguresFps">Frames a second with the figures that are kept of every frame.</param>
/// <param name="FiguresRatio">The same over those without.</param>
/// <param name="ShadowFps">Frames a second with the figures and a model in the shadow.</param>
/// <param name="ShadowRatio">The same over those without.</param>
/// <param name="Frames">Frames that the model in use inferred while there was a shadow.</param>
/// <param name="ShadowFrames">Frames that the one in the shadow inferred.</param>
/// <param name="ShadowShare">The part of the time, 0..1, in which it worked: inference and what belongs to it.</param>
/// <param name="ShadowMs">Its median inference in milliseconds.</param>
/// <param name="CurrentMs">That of the model in use while the one in the shadow inferred.</param>
/// <param name="Bytes">Managed bytes that both allocated on the inference thread, in all.</param>
/// <param name="BytesFrames">In how many frames.</param>
internal sealed record ShadowBenchmarkReport(
    int Size,
    double WithoutFps,
    double FiguresFps,
    double FiguresRatio,
    double ShadowFps,
    double ShadowRatio,
    long Frames,
    long ShadowFrames,
    double ShadowShare,
    double? ShadowMs,
    double? CurrentMs,
    long Bytes,
    long BytesFrames
) : IBenchmarkReport
{
    /// <inheritdoc/>
    public string ToJson() =>
        JsonSerializer.Serialize(this, ShadowBenchmarkJson.Default.ShadowBenchmarkReport);

    /// <inheritdoc/>
    public string ToText() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            size {Size}: {WithoutFps:0.00} frames a second without
            {FiguresFps:0.00} with the figures of every frame: {FiguresRatio:0.000}
            {ShadowFps:0.00} with a model in the shadow too: {ShadowRatio:0.000}
            it inferred {ShadowFrames} frames beside {Frames}, and worked {ShadowShare:0%} of the time
            median inference {ShadowMs:0.0} ms; meanwhile that of the model in use {CurrentMs:0.0}
            {Bytes} bytes allocated on the inference thread in {BytesFrames} frames
            """
        );
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(ShadowBenchmarkReport))]
internal sealed partial class ShadowBenchmarkJson : JsonSerializerContext;
