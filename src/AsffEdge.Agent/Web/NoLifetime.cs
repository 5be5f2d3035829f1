using Microsoft.Extensions.Hosting;

namespace AsffEdge.Agent.Web;

/// <summary>For a server within a program that has its own eye on signals.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
