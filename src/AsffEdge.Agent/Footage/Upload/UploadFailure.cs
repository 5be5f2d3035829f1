using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;

namespace AsffEdge.Agent.Footage.Upload;

/// <summary>Says why a pack could not be sent.</summary>
internal static class UploadFailure
{
    /// <summary>For an answer.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="headers">Its headers; null: they are not known.</param>
    /// <param name="code">What the service calls it, such as <c>NoSuchBucket</c>; null: nothing.</param>
    /// <param name="megabytes">How much was to be sent, in MiB.</param>
    public static UploadException Of(
        HttpStatusCode status,
        HttpResponseHeaders? headers,
        string? code,
        double megabytes
    )
    {
        string advice = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                ": see footage.upload.username and password_file, and what that user may do there (put, and look what is there)",
            HttpStatusCode.RequestEntityTooLarge =>
                $": {megabytes:F1} MiB are too much for it; lower footage.upload.pack_mb, or raise its limit",
            HttpStatusCode.InsufficientStorage => ": it has no room left",
            HttpStatusCode.NotFound or HttpStatusCode.Conflict =>
                ": the place of footage.upload.url is not there",
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented =>
                ": it must answer PUT and HEAD below footage.upload.url",
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest =>
                $": it sends elsewhere{To(headers?.Location)}, where no picture is sent; put the right address into footage.upload.url",
            _ => "",
        };
        bool isPassing =
            status
                is >= HttpStatusCode.InternalServerError
                    or HttpStatusCode.RequestTimeout
                    or HttpStatusCode.TooManyRequests
            && status is not (HttpStatusCode.InsufficientStorage or HttpStatusCode.NotImplemented);
        string name = code is null ? "" : $" ({code})";
        return new UploadException($"the server answered {(int)status}{name}{advice}", !isPassing)
        {
            RetryAfter =
                headers?.RetryAfter?.Delta ?? headers?.RetryAfter?.Date - DateTimeOffset.UtcNow,
        };
    }

    /// <summary>For a failed request; null: it is none of those that are expected.</summary>
    public static UploadException? Of(Exception error) =>
        Causes(error).FirstOrDefault(cause => cause is UploadException) is UploadException known
            ? known
        : Causes(error).FirstOrDefault(cause => cause is AuthenticationException) is { } bad
            ? new UploadException(
                $"the server's certificate or TLS is not accepted: {bad.Message} (see footage.upload.ca_file)",
                isRefusal: true,
                error
            )
        : error is HttpRequestException or IOException
            ? new UploadException(Causes(error).Last().Message, isRefusal: false, error)
        : null;

    /// <summary>Whether what was to be sent is not there any more, or not what it was.</summary>
    public static bool IsOfPictures(Exception error) =>
        Causes(error)
            .Any(cause =>
                cause is FileNotFoundException or DirectoryNotFoundException or InvalidDataException
            );

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    // What follows the path may be a token.
    private static string To(Uri? location) =>
        location is null ? ""
        : location.IsAbsoluteUri ? $" ({location.GetLeftPart(UriPartial.Path)})"
        : $" ({location.OriginalString.Split('?', '#')[0]})";
}
