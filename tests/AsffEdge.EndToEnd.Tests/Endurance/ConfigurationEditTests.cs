using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>The configuration is edited while the agent runs: nothing happens until the next start, which refuses what is wrong in it.</summary>
public sealed class ConfigurationEditTests
{
    [Fact]
    public async Task A_broken_edit_ends_nothing_that_runs_and_is_refused_at_the_next_start()
    {
        using TemporaryFolder state = new();
        await using Outpost post = new(state.Path);
        await post.Broker.StartAsync();
        await using MqttRecorder broker = await MqttRecorder.ConnectAsync(post.Broker.Port);
        post.Start();
        await post.GoesOnAsync(broker);
        string good = await File.ReadAllTextAsync(
            post.ConfigurationFile,
            TestContext.Current.CancellationToken
        );

        await WriteAsync(post, good.Replace("profile:", "profil:", StringComparison.Ordinal));
        (int code, _, string error) = await ChildProcess.RunAsync(
            TimeSpan.FromSeconds(60),
            TestPaths.AgentProgram,
            ["check-config", "--config", post.ConfigurationFile]
        );
        Assert.Equal(2, code);
        Assert.Contains("'profile'", error, StringComparison.Ordinal);
        File.Delete(post.ConfigurationFile);
        await post.GoesOnAsync(broker);

        // Running, it goes by what it read at its start, through a new connection to the broker too.
        await WriteAsync(post, good.Replace("id: gate-07", "id: other", StringComparison.Ordinal));
        await post.Broker.StopAsync();
        await post.Broker.StartAsync();
        await broker.ReconnectAsync();
        await post.GoesOnAsync(broker);
        await post.StopAsync();

        await WriteAsync(post, good + "\nnot_a_key: 1\n");
        post.Start();
        Assert.Equal(2, await post.Agent.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("not_a_key", post.Agent.Log, StringComparison.Ordinal);
        Assert.Contains("agent.yaml:", post.Agent.Log, StringComparison.Ordinal);

        await WriteAsync(post, good);
        post.Start();
        await post.GoesOnAsync(broker);
        await post.StopAsync();
    }

    private static Task WriteAsync(Outpost post, string yaml) =>
        File.WriteAllTextAsync(post.ConfigurationFile, yaml, TestContext.Current.CancellationToken);
}
