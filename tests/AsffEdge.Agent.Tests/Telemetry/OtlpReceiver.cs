using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AsffEdge.Agent.Tests.Telemetry;

/// <summary>A collector of OpenTelemetry, as far as metrics over HTTP and gRPC go: it takes reports and reads what they hold.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<OtlpReport> _reports = new();
    private volatile int _status = StatusCodes.Status200OK;

    private OtlpReceiver(int port, bool isGrpc)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listener => listener.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1
            )
        );
        _application = builder.Build();
        _application.Run(isGrpc ? TakeGrpcAsync : TakeAsync);
    }

    /// <summary>The reports so far.</summary>
    public IReadOnlyList<OtlpReport> Reports => [.. _reports];

    /// <summary>What it answers.</summary>
    public int Status
    {
        set => _status = value;
    }

    /// <summary>Starts one.</summary>
    public static async Task<OtlpReceiver> StartAsync(int port, bool isGrpc = false)
    {
        OtlpReceiver receiver = new(port, isGrpc);
        await receiver._application.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits for a report that is as wanted.</summary>
    public async Task<OtlpReport> WaitAsync(Func<OtlpReport, bool> wanted, Func<string> otherwise)
    {
        for (int waited = 0; waited < 1500; waited++)
        {
            if (_reports.FirstOrDefault(wanted) is { } report)
            {
                return report;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"no such report among {_reports.Count}\n{otherwise()}");
        return null!;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        _reports.Enqueue(new OtlpReport(context.Request, await ReadAsync(context)));
        context.Response.StatusCode = _status;
        context.Response.ContentType = "application/x-protobuf";
    }

    private async Task TakeGrpcAsync(HttpContext context)
    {
        // A byte that says whether it is compressed, and four for the length.
        byte[] message = await ReadAsync(context);
        Assert.Equal(0, message[0]);
        _reports.Enqueue(new OtlpReport(context.Request, message[5..]));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
