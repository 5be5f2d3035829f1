using System.Collections.Concurrent;
using System.Net;
using AsffEdge.Agent.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsffEdge.Agent.Commands;

/// <summary>A server of this process and machine that takes files by PUT, throws them away, and says by HEAD, once, how long one was.</summary>
internal sealed class UploadServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, long> _lengths = new();
    private readonly WebApplication _application;

    private UploadServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Its address.</summary>
    public string Url => _application.Urls.First();

    /// <summary>Starts it at a free port.</summary>
    public static async Task<UploadServer> StartAsync(CancellationToken ct)
    {
        UploadServer server = new();
        await server._application.StartAsync(ct).ConfigureAwait(false);
        return server;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path;
        if (HttpMethods.IsPut(request.Method))
        {
            await request
                .Body.CopyToAsync(Stream.Null, context.RequestAborted)
                .ConfigureAwait(false);
            _lengths[path] = request.ContentLength ?? 0;
            context.Response.StatusCode = StatusCodes.Status201Created;
        }
        else if (HttpMethods.IsHead(request.Method) && _lengths.TryRemove(path, out long length))
        {
            context.Response.ContentLength = length;
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
