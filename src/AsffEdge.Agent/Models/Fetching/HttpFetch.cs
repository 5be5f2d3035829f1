using System.Net;
using System.Net.Http.Headers;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models.Fetching;

/// <summary>Fetches a file over HTTP: what is missing of it, again and again where the connection ends, as long as something comes.</summary>
/// <param name="sources">To which addresses another may lead.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpFetch(ModelSources sources, TimeProvider time) : IDisposable
{
    private const int MostTries = 5;
    private const int MostRedirects = 5;
    private const int BufferBytes = 128 * 1024;
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    // Its own time-out would end a body that comes slowly, and where it is led to must be looked at first.
    private readonly HttpClient _client = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Completes when the file is whole.</summary>
    /// <exception cref="DocumentRejectedException">It cannot be had; what came of it is there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(Uri url, IncomingFile file, CancellationToken ct)
    {
        EntityTagHeaderValue? tag = null;
        long furthest = file.Length;
        for (int failures = 0; !file.IsWhole; )
        {
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

            // A server without ranges begins anew each time, so that some of it comes each time.
            failures = file.Length > furthest ? 0 : failures + 1;
            furthest = Math.Max(furthest, file.Length);
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
        using CancellationTokenSource silence = new(SilentFor, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(
            silence.Token,
            ct
        );
        using HttpResponseMessage response = await AskAsync(url, tag, file.Length, either.Token)
            .ConfigureAwait(false);
        Begin(url, response, file);
        await using Stream body = await response
            .Content.ReadAsStreamAsync(either.Token)
            .ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        int read;
        while ((read = await body.ReadAsync(buffer, either.Token).ConfigureAwait(false)) > 0)
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

    /// <summary>Asks for what is missing, and again where it is said to be, as long as that is allowed.</summary>
    private async Task<HttpResponseMessage> AskAsync(
        Uri url,
        EntityTagHeaderValue? tag,
        long from,
        CancellationToken ct
    )
    {
        Uri at = url;
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, at);
            if (from > 0)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                if (tag is { IsWeak: false })
                {
                    request.Headers.IfRange = new RangeConditionHeaderValue(tag);
                }
            }

            HttpResponseMessage response = await _client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct)
                .ConfigureAwait(false);
            if (
                response
                is not {
                    StatusCode: HttpStatusCode.MovedPermanently
                        or HttpStatusCode.Found
                        or HttpStatusCode.SeeOther
                        or HttpStatusCode.TemporaryRedirect
                        or HttpStatusCode.PermanentRedirect,
                    Headers.Location: { } location
                }
            )
            {
                return response;
            }

            response.Dispose();
            if (redirects == MostRedirects)
            {
                throw NotFetched(url, $"it leads elsewhere more than {MostRedirects} times");
            }

            at = sources.RequireRedirect(at, new Uri(at, location));
        }
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
