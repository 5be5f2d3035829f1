using AsffEdge.Agent.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsffEdge.Agent.Tests.Hosting;

public sealed class AgentHostTests
{
    [Fact]
    public async Task A_service_that_fails_ends_the_host_with_1()
    {
        using IHost host = NewHost(() =>
            throw new InvalidOperationException("the camera is on fire")
        );

        Assert.Equal(1, await AgentHost.RunAsync(host, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_service_that_ends_leaves_the_host_running_until_it_is_stopped_with_0()
    {
        using CancellationTokenSource stop = new();
        using IHost host = NewHost(() => Task.CompletedTask);

        Task<int> running = AgentHost.RunAsync(host, stop.Token);
        Assert.NotSame(
            running,
            await Task.WhenAny(running, Task.Delay(200, TestContext.Current.CancellationToken))
        );
        await stop.CancelAsync();

        Assert.Equal(0, await running);
    }

    private static IHost NewHost(Func<Task> work)
    {
        HostApplicationBuilder builder = new(
            new HostApplicationBuilderSettings { DisableDefaults = true }
        );
        builder.Services.AddHostedService(_ => new Worker(work));
        return builder.Build();
    }

    private sealed class Worker(Func<Task> work) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => work();
    }
}
