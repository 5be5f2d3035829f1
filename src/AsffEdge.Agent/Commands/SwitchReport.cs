using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Agent.Commands;

/// <summary>What <c>asff-edge benchmark switches</c> and <c>asff-edge benchmark models</c> measured.</summary>
/// <param name="First">One input size or model.</param>
/// <param name="Second">The other.</param>
/// <param name="Switches">How many switches were measured.</param>
/// <param name="LatencyMsP50">Median milliseconds from sending a command to the first frame's result after it.</param>
/// <param name="LatencyMsP95">What 95 % of them do not exceed.</param>
/// <param name="LatencyMsMax">The longest.</param>
/// <param name="Frames">Frames inferred.</param>
/// <param name="Lost">Frames whose inference failed or whose result did not arrive.</param>
/// <param name="Replaced">Frames that a newer one replaced before they were inferred.</param>
/// <param name="MemoryBeforeMb">Resident MB (10⁶ bytes) before the first switch that is measured.</param>
/// <param name="MemoryAfterMb">The same after the last.</param>
/// <param name="MemoryRatio">The second over the first.</param>
internal sealed record SwitchReport(
    string First,
    string Second,
    int Switches,
    double LatencyMsP50,
    double LatencyMsP95,
    double LatencyMsMax,
    long Frames,
    long Lost,
    long Replaced,
    double MemoryBeforeMb,
    double MemoryAfterMb,
    double MemoryRatio
) : IBenchmarkReport
{
    /// <inheritdoc/>
    public string ToJson() => JsonSerializer.Serialize(this, SwitchReportJson.Default.SwitchReport);

    /// <inheritdoc/>
    public string ToText() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Switches} switches {First} <-> {Second} by command over a broker
            command to first frame, ms: {LatencyMsP50:0} median, {LatencyMsP95:0} p95, {LatencyMsMax:0} longest
            frames: {Frames} inferred, {Lost} lost, {Replaced} replaced by a newer one
            resident memory in MB: {MemoryBeforeMb:0.0} at first, {MemoryAfterMb:0.0} after the last ({MemoryRatio:0.000})
            """
        );
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(SwitchReport))]
internal sealed partial class SwitchReportJson : JsonSerializerContext;
