using System.Net;
using System.Net.Http.Headers;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models.Fetching;

/// <summary>Fetches a file over HTTP: what is missing of it, again and again where the connection ends, as long as something comes.</summary>
/// <param name="client">The client; its time-outs do not end a body that is being read.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpFetch(HttpClient client, TimeProvider time)
{
    private const int MostTries = 5;
    private const int BufferBytes = 128 * 1024;
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>Completes when the file is whole.</summary>
    /// <exception cref="DocumentRejectedException">It cannot be had; what came of it is there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(Uri url, IncomingFile file, CancellationToken ct)
    {
        EntityTagHeaderValue? tag = null;
        for (int failures = 0; !file.IsWhole; )
        {
            long before = file.Length;
            string problem;
            try
            {
                tag = await FetchAsync(url, tag, file, ct).ConfigureAwait(false);
                problem = "the connection ended";
            }
            catch (Exception error)
                when (error is HttpRequestException or IOException
                    || error is OperationCanceledException && !ct.IsCancellationRequested
                )
            {
                problem =
                    error is OperationCanceledException
                        ? $"nothing came for {SilentFor.TotalSeconds} s"
                        : error.Message;
            }

            if (file.IsWhole)
            {
                return;
            }

            failures = file.Length > before ? 0 : failures + 1;
            if (failures == MostTries)
            {
                throw NotFetched(
                    url,
                    $"{problem}; {file.Length} of {file.Size} bytes are here, and {MostTries} tries brought no more"
                );
            }

            await Task.Delay(FirstPause * Math.Pow(2, failures), time, ct).ConfigureAwait(false);
        }
    }

    private async Task<EntityTagHeaderValue?> FetchAsync(
        Uri url,
        EntityTagHeaderValue? tag,
        IncomingFile file,
        CancellationToken ct
    )
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(SilentFor);
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        if (file.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
            if (tag is { IsWeak: false })
            {
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            }
        }

        using HttpResponseMessage response = await client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token)
            .ConfigureAwait(false);
        Begin(url, response, file);
        await using Stream body = await response
            .Content.ReadAsStreamAsync(silence.Token)
            .ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        int read;
        while ((read = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false)) > 0)
        {
            silence.CancelAfter(SilentFor);
            if (file.Length + read > file.Size)
            {
                throw WrongSize(url, file, $"more than {file.Size}");
            }

            file.Append(buffer.AsSpan(0, read));
        }

        return response.Headers.ETag;
    }

    /// <summary>Sees from the answer's head that what follows goes on where the file ends.</summary>
    private static void Begin(Uri url, HttpResponseMessage response, IncomingFile file)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent:
                if (
                    response.Content.Headers.ContentRange is { Length: { } whole }
                    && whole != file.Size
                )
                {
                    throw WrongSize(url, file, $"{whole}");
                }

                if (response.Content.Headers.ContentRange?.From != file.Length)
                {
                    file.Truncate(0);
                    throw new IOException(
                        $"the server sends {response.Content.Headers.ContentRange} where bytes from {file.Length} on were asked for"
                    );
                }

                break;
            case HttpStatusCode.OK:
                // It knows no parts, or has another file by now.
                file.Truncate(0);
                if (response.Content.Headers.ContentLength is { } length && length != file.Size)
                {
                    throw WrongSize(url, file, $"{length}");
                }

                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                file.Truncate(0);
                throw new IOException("the server's file is shorter than what is here of it");
            case >= HttpStatusCode.InternalServerError
            or HttpStatusCode.RequestTimeout
            or HttpStatusCode.TooManyRequests:
                throw new IOException($"the server answered {(int)response.StatusCode}");
            default:
                throw NotFetched(url, $"the server answered {(int)response.StatusCode}");
        }
    }

    private static DocumentRejectedException WrongSize(Uri url, IncomingFile file, string bytes)
    {
        file.Truncate(0);
        return NotFetched(
            url,
            $"the file there has {bytes} bytes; the command says 'size' is {file.Size}"
        );
    }

    private static DocumentRejectedException NotFetched(Uri url, string why) =>
        new(
            ResultCode.NotFetched,
            $"{Secrets.MaskAddress(url.ToString())} could not be fetched: {why}"
        );
}
