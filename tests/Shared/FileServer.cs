using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AsffEdge.Tests;

/// <summary>An HTTP server on 127.0.0.1 that serves one file, with ranges, and may do so badly.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly CancellationTokenSource _disposed = new();
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

        string root = Url[..(Url.LastIndexOf('/') + 1)];
        _listener.Prefixes.Add(root);
        _listener.Prefixes.Add(root.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>The first byte that each request asked for.</summary>
    public ConcurrentQueue<long> Asked { get; } = new();

    /// <summary>What it answers instead of the file; null: the file.</summary>
    public HttpStatusCode? Refusal { get; set; }

    /// <summary>Where it sends whoever asks for anything but <see cref="Moved"/>; null: nowhere.</summary>
    public string? Location { get; set; }

    /// <summary>The path that is served although there is a <see cref="Location"/>.</summary>
    public static string Moved => "/moved.onnx";

    /// <summary>Whether it says how much is to come.</summary>
    public bool SaysLength { get; init; } = true;

    /// <summary>Whether it knows of parts of the file.</summary>
    public bool HasRanges { get; init; } = true;

    /// <summary>Bytes of an answer after which nothing more comes; null: all come.</summary>
    public int? StallsAfter { get; set; }

    /// <summary>Bytes that come at once, with <see cref="DribblePause"/> between them; null: all.</summary>
    public int? Dribble { get; init; }

    public static TimeSpan DribblePause => TimeSpan.FromMilliseconds(10);

    public void Dispose()
    {
        _disposed.Cancel();
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

            _ = AnswerOrLeaveAsync(context);
        }
    }

    private async Task AnswerOrLeaveAsync(HttpListenerContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception error)
            when (error
                    is HttpListenerException
                        or IOException
                        or OperationCanceledException
                        or ObjectDisposedException
            )
        {
            // Whoever asked has gone, or this has.
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

        if (Location is { } location && context.Request.Url!.AbsolutePath != Moved)
        {
            response.StatusCode = (int)HttpStatusCode.Redirect;
            response.Headers["Location"] = location;
            response.Close();
            return;
        }

        long from = 0;
        if (HasRanges && context.Request.Headers["Range"] is { } range)
        {
            from = long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            response.StatusCode = (int)HttpStatusCode.PartialContent;
            response.Headers["Content-Range"] =
                $"bytes {from}-{_content.Length - 1}/{_content.Length}";
        }

        Asked.Enqueue(from);
        response.Headers["ETag"] = "\"one\"";
        int length = (int)(_content.Length - from);
        if (SaysLength)
        {
            response.ContentLength64 = length;
        }
        else
        {
            response.SendChunked = true;
        }

        int answer = Interlocked.Increment(ref _answers) - 1;
        if (answer >= _cuts.Start.Value && answer < _cuts.End.Value)
        {
            await response.OutputStream.WriteAsync(_content.AsMemory((int)from, length / 2));
            await response.OutputStream.FlushAsync();
            response.Abort();
            return;
        }

        int step = Dribble ?? length;
        int most = StallsAfter is { } stalls ? Math.Min(stalls, length) : length;
        for (int sent = 0; sent < most; sent += step)
        {
            await response.OutputStream.WriteAsync(
                _content.AsMemory((int)from + sent, Math.Min(step, most - sent)),
                _disposed.Token
            );
            await response.OutputStream.FlushAsync(_disposed.Token);
            if (Dribble is not null)
            {
                await Task.Delay(DribblePause, _disposed.Token);
            }
        }

        if (most < length)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _disposed.Token);
        }

        response.Close();
    }
}
