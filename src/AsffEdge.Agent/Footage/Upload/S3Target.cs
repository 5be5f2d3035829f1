using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Footage.Upload;

/// <summary>
/// A bucket of an S3 service. The service refuses a body whose SHA-256 is not the signed one, and keeps the pack's identity beside it, so what
/// is found there later is known to have come whole.
/// </summary>
internal sealed class S3Target : IPackTarget
{
    private const string Identity = "pack-sha256";

    private readonly AmazonS3Client _client;
    private readonly PacedHandler _handler;
    private readonly HttpClient _http;
    private readonly string _bucket;
    private readonly string _prefix;

    /// <param name="handler">Sends; disposed of with it.</param>
    /// <param name="options">Where to, and who sends.</param>
    /// <param name="secret">The secret access key.</param>
    public S3Target(PacedHandler handler, FootageUploadOptions options, string secret)
    {
        Uri url = new(options.Url!);
        string prefix = Uri.UnescapeDataString(url.AbsolutePath).Trim('/');
        _bucket = url.Host;
        _prefix = prefix.Length == 0 ? "" : prefix + "/";
        _handler = handler;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        AmazonS3Config config = new()
        {
            HttpClientFactory = new OneClient(_http),
            // There is another try anyway, later.
            MaxErrorRetry = 0,
            AllowAutoRedirect = false,
            // What follows the body otherwise, many a service does not know.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            AuthenticationRegion = options.Region,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.ForcePathStyle = true;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        _client = new AmazonS3Client(new BasicAWSCredentials(options.Username, secret), config);
    }

    /// <inheritdoc/>
    public long BytesSent => _handler.Sent;

    /// <inheritdoc/>
    public async Task<bool> HasAsync(PackPlan plan, CancellationToken ct)
    {
        try
        {
            GetObjectMetadataResponse found = await _client
                .GetObjectMetadataAsync(_bucket, Key(plan), ct)
                .ConfigureAwait(false);
            return found.ContentLength == plan.TarBytes
                && found.Metadata[Identity] == plan.Identity;
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (Exception error) when (Describe(error, plan) is { } known)
        {
            throw known;
        }
    }

    /// <inheritdoc/>
    public async Task PutAsync(PackPlan plan, Stream pack, CancellationToken ct)
    {
        PutObjectRequest request = new()
        {
            BucketName = _bucket,
            Key = Key(plan),
            InputStream = pack,
            ContentType = PackUpload.MediaType,
            AutoCloseStream = false,
            // One hash over all, signed, instead of chunks that not every service takes.
            UseChunkEncoding = false,
        };
        request.Metadata[Identity] = plan.Identity;
        try
        {
            await _client.PutObjectAsync(request, ct).ConfigureAwait(false);
        }
        catch (Exception error) when (Describe(error, plan) is { } known)
        {
            throw known;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private string Key(PackPlan plan) => _prefix + PackUpload.FileName(plan);

    // The service's own sentence may repeat what was signed.
    private static UploadException? Describe(Exception error, PackPlan plan) =>
        UploadFailure.IsOfPictures(error) ? null
        : error is AmazonS3Exception { StatusCode: not 0 } answer
            ? UploadFailure.Of(
                answer.StatusCode,
                headers: null,
                answer.ErrorCode,
                plan.TarBytes / (double)(1 << 20)
            )
        : UploadFailure.Of(error)
            ?? (
                error is AmazonClientException
                    ? new UploadException(error.Message, isRefusal: false, error)
                    : null
            );

    private sealed class OneClient(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
