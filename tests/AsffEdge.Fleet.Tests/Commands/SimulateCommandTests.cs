using System.Diagnostics;
using System.Text.Json;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary><c>asff-fleet simulate</c> as a process, against Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class SimulateCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task An_interrupt_ends_it_cleanly_and_leaves_nothing_behind()
    {
        await using Mosquitto broker = new();
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using Process process = FleetProgram.Start(
            _home.Path,
            "simulate",
            "--agents",
            "5",
            "--json",
            "--broker",
            $"127.0.0.1:{broker.Port}"
        );
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(Ct);
            Assert.NotNull(line);
        } while (Connected(line) < 5);

        await Interrupt(process);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(Ct));
        for (int agent = 1; agent <= 5; agent++)
        {
            await observer.WaitForAsync(
                FleetMessages.Topics.Status($"sim-{agent}"),
                MessageJson.Wire.StatusMessage,
                status => status.State == AgentState.Offline
            );
        }

        Assert.Empty(Directory.GetFileSystemEntries(_home.Path, "asff-fleet-*"));
    }

    [Theory]
    [InlineData("--agents 0", "--agents is '0'; allowed: 1 to 100000")]
    [InlineData("--agents x", "--agents is 'x'; allowed: 1 to 100000")]
    [InlineData("--prefix Sim", "--prefix is 'Sim'; allowed: a-z, 0-9 and '-', at most 44 of them")]
    [InlineData("--groups gates,", "--groups has ''; allowed: 1 to 48 of a-z, 0-9 and '-'")]
    [InlineData("--cameras 65", "--cameras is '65'; allowed: 1 to 64")]
    [InlineData("--fail-rate 1.5", "--fail-rate is '1.5'; allowed: 0 to 1 or 0% to 100%")]
    [InlineData(
        "--fail-rate 60% --offline-rate 0.5",
        "--fail-rate and --offline-rate are more than all agents together"
    )]
    public async Task Wrong_usage_is_named_and_ends_with_2(string arguments, string problem)
    {
        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(
            _home.Path,
            ["simulate", .. arguments.Split(' ')]
        );

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(problem, outcome.Errors, StringComparison.Ordinal);
    }

    private static int Connected(string line) =>
        JsonDocument
            .Parse(line)
            .RootElement.GetProperty("count")
            .GetProperty("connected")
            .GetInt32();

    private static async Task Interrupt(Process process)
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync(Ct);
        await process.WaitForExitAsync(Ct);
    }
}
