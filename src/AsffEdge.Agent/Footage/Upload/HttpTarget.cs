using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Footage.Upload;

/// <summary>A server that takes files by PUT and says by HEAD how long one is, as WebDAV servers do (RFC 9110, RFC 4918).</summary>
/// <param name="handler">Sends; disposed of with it.</param>
/// <param name="options">Where to, and who sends.</param>
/// <param name="password">Of the user; null: none.</param>
internal sealed class HttpTarget(
    PacedHandler handler,
    FootageUploadOptions options,
    string? password
) : IPackTarget
{
    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly string _folder = options.Url!.EndsWith('/') ? options.Url : options.Url + "/";

    /// <inheritdoc/>
    public long BytesSent => handler.Sent;

    /// <inheritdoc/>
    public async Task<bool> HasAsync(PackPlan plan, CancellationToken ct)
    {
        using HttpRequestMessage request = NewRequest(HttpMethod.Head, plan);
        using HttpResponseMessage response = await SendAsync(request, ct).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => false,
            HttpStatusCode.OK => response.Content.Headers.ContentLength == plan.TarBytes,
            HttpStatusCode status => throw UploadFailure.Of(
                status,
                response.Headers,
                code: null,
                Megabytes(plan)
            ),
        };
    }

    /// <inheritdoc/>
    public async Task PutAsync(PackPlan plan, Stream pack, CancellationToken ct)
    {
        using HttpRequestMessage request = NewRequest(HttpMethod.Put, plan);
        request.Content = new StreamContent(pack);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(PackUpload.MediaType);
        request.Content.Headers.ContentLength = plan.TarBytes;
        using HttpResponseMessage response = await SendAsync(request, ct).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw UploadFailure.Of(
                response.StatusCode,
                response.Headers,
                code: null,
                Megabytes(plan)
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken ct
    )
    {
        try
        {
            return await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct)
                .ConfigureAwait(false);
        }
        catch (Exception error)
            when (!UploadFailure.IsOfPictures(error) && UploadFailure.Of(error) is { } known)
        {
            throw known;
        }
    }

    private HttpRequestMessage NewRequest(HttpMethod method, PackPlan plan)
    {
        HttpRequestMessage request = new(method, _folder + PackUpload.FileName(plan));
        if (options.Username is { } user)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))
            );
        }

        return request;
    }

    private static double Megabytes(PackPlan plan) => plan.TarBytes / (double)(1 << 20);
}
