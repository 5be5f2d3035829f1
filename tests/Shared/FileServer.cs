using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AsffEdge.Tests;

/// <summary>An HTTP server on 127.0.0.1 that serves one file, with ranges, and may break the connection in the middle of it.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _content;
    private readonly Task _serving;
    private readonly Range _cuts;
    private int _answers;

    /// <summary>Serves bytes.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="cuts">Those of its answers end in the middle of what they promise.</param>
    public FileServer(byte[] content, Range cuts = default)
    {
        (_content, _cuts) = (content, cuts);
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/model.onnx";
        }

        _listener.Prefixes.Add(Url[..(Url.LastIndexOf('/') + 1)]);
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>The first byte that each request asked for.</summary>
    public ConcurrentQueue<long> Asked { get; } = new();

    /// <summary>What it answers instead of the file; null: the file.</summary>
    public HttpStatusCode? Refusal { get; set; }

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context);
            }
            catch (Exception error) when (error is HttpListenerException or IOException)
            {
                // Whoever asked has gone.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        HttpListenerResponse response = context.Response;
        if (Refusal is { } refusal)
        {
            response.StatusCode = (int)refusal;
            response.Close();
            return;
        }

        long from = 0;
        if (context.Request.Headers["Range"] is { } range)
        {
            from = long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            response.StatusCode = (int)HttpStatusCode.PartialContent;
            response.Headers["Content-Range"] =
                $"bytes {from}-{_content.Length - 1}/{_content.Length}";
        }

        Asked.Enqueue(from);
        response.Headers["ETag"] = "\"one\"";
        response.ContentLength64 = _content.Length - from;
        int length = (int)(_content.Length - from);
        int answer = _answers++;
        if (answer >= _cuts.Start.Value && answer < _cuts.End.Value)
        {
            await response.OutputStream.WriteAsync(_content.AsMemory((int)from, length / 2));
            await response.OutputStream.FlushAsync();
            response.Abort();
            return;
        }

        await response.OutputStream.WriteAsync(_content.AsMemory((int)from, length));
        response.Close();
    }
}
