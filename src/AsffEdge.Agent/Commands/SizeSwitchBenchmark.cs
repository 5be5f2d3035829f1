using System.Globalization;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Messaging;
using MQTTnet;

namespace AsffEdge.Agent.Commands;

/// <summary>Switches between two input sizes.</summary>
/// <param name="arguments">What is run.</param>
/// <param name="sizes">The two sizes in pixels.</param>
internal sealed class SizeSwitchBenchmark(SwitchArguments arguments, (int First, int Second) sizes)
    : SwitchBenchmark(arguments, warmUp: 10)
{
    /// <inheritdoc/>
    protected override (string First, string Second) Between =>
        (Text(sizes.First), Text(sizes.Second));

    /// <inheritdoc/>
    protected override AgentConfiguration Configure(AgentConfiguration common) =>
        common with
        {
            Model = new ModelOptions
            {
                Path = Path.GetFullPath(Arguments.Model),
                Threads = Arguments.Threads,
            },
            Profile = Name(sizes.First),
            Profiles = new Dictionary<string, ProfileOptions>
            {
                [Name(sizes.First)] = new() { Size = sizes.First },
                [Name(sizes.Second)] = new() { Size = sizes.Second },
            },
        };

    /// <inheritdoc/>
    protected override Task PrepareAsync(IMqttClient client, long number, CancellationToken ct) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    protected override (string Command, string Json) Order(long number) =>
        (
            CommandName.ProfileSet,
            $$"""{"v":1,"rev":{{number}},"profile":"{{Name(number % 2 == 0 ? sizes.First : sizes.Second)}}"}"""
        );

    /// <inheritdoc/>
    protected override bool IsAfter(FrameResult result, long number) => result.Revision >= number;

    private static string Text(int size) => size.ToString(CultureInfo.InvariantCulture);

    private static string Name(int size) => $"size-{size}";
}
