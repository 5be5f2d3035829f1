using AsffEdge.Agent.Tests.Cameras;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests;

/// <summary>The agent ends as a service should.</summary>
public sealed class ShutdownTests(Videos videos)
{
    [Fact]
    public async Task Sigterm_says_stopping_and_leaves_nothing_behind()
    {
        await using Site site = await Site.StartAsync(
            ("plaza", videos.Clip),
            ("dock", videos.Mirrored)
        );
        int[] children = ChildProcesses.Of(site.Agent.Id, "ffmpeg");
        Assert.Equal(2, children.Length);
        int since = site.Subscriber.Count;

        site.Agent.Terminate();
        int code = await site.Agent.WaitForExitAsync(TimeSpan.FromSeconds(10));

        Assert.True(code == 0, $"exit code {code}; the agent's log:\n{site.Agent.Log}");
        Received stopping = await site.WaitAsync(
            Site.AgentTopic("status"),
            status => status["state"]!.GetValue<string>() == "stopping",
            TimeSpan.FromSeconds(5),
            since
        );
        Assert.NotEmpty(stopping.Json["boot"]!.GetValue<string>());
        Assert.All(
            children,
            child => Assert.False(ChildProcesses.IsRunning(child), $"ffmpeg ({child}) still runs")
        );
    }
}
