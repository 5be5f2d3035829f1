using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Agent.Commands;

/// <summary>What <c>asff-edge benchmark footage</c> measured.</summary>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="WithoutFps">Frames a second without collecting.</param>
/// <param name="WithFps">Frames a second with it.</param>
/// <param name="Ratio">The second over the first.</param>
/// <param name="SendingFps">Frames a second with collecting and sending.</param>
/// <param name="SendingRatio">The same over those without both.</param>
/// <param name="SentMb">MB (10⁶ bytes) that were sent.</param>
/// <param name="KbPerS">How many kilobytes (1000 bytes) a second they might be at most; 0: as fast as it goes.</param>
/// <param name="SendingS">In how many seconds.</param>
/// <param name="SinkMicroseconds">Mean microseconds that a frame takes longer on the inference thread, chosen or not.</param>
/// <param name="BytesNotChosen">Managed bytes that the inference thread allocated in frames that were not chosen, in all.</param>
/// <param name="NotChosen">How many these were.</param>
/// <param name="Kept">Frames kept.</param>
/// <param name="Duplicates">Frames chosen and dropped as near-duplicates.</param>
internal sealed record FootageBenchmarkReport(
    int Size,
    double WithoutFps,
    double WithFps,
    double Ratio,
    double SendingFps,
    double SendingRatio,
    double SentMb,
    int KbPerS,
    double SendingS,
    double SinkMicroseconds,
    long BytesNotChosen,
    long NotChosen,
    long Kept,
    long Duplicates
) : IBenchmarkReport
{
    /// <inheritdoc/>
    public string ToJson() =>
        JsonSerializer.Serialize(this, FootageBenchmarkJson.Default.FootageBenchmarkReport);

    /// <inheritdoc/>
    public string ToText() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            size {Size}: {WithoutFps:0.00} frames a second without, {WithFps:0.00} with collecting: {Ratio:0.000}
            {SendingFps:0.00} with collecting and sending: {SendingRatio:0.000}
            {SentMb:0.0} MB sent in {SendingS:0} s, {(
                KbPerS > 0 ? $"at most {KbPerS} kB/s" : "as fast as it goes"
            )}, to an HTTP server in this process
            {Kept} frames kept, {Duplicates} near-duplicates dropped, {NotChosen} not chosen
            {SinkMicroseconds:0.0} µs a frame on the inference thread
            {BytesNotChosen} bytes allocated there in frames that were not chosen
            """
        );
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(FootageBenchmarkReport))]
internal sealed partial class FootageBenchmarkJson : JsonSerializerContext;
