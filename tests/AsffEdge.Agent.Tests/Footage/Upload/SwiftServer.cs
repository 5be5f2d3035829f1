using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>OpenStack Swift with its S3 interface, and a bucket.</summary>
internal sealed class SwiftServer : IAsyncDisposable
{
    /// <summary>Why a test without one is skipped.</summary>
    public const string Needs = "needs Debian's python3-swift";

    public const string AccessKey = "test:gate-07";
    public const string Secret = "swift-S3cret";
    public const string Bucket = "footage";

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    public SwiftServer()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Footage", "swift_server.py");
        _process = Process.Start(
            new ProcessStartInfo(
                "/usr/bin/python3",
                ["-W", "ignore", script, _folder.Path, "gate-07", Secret]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        string port =
            _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("Swift did not start; see its messages above");
        Endpoint = $"http://127.0.0.1:{port}";
        Client = new AmazonS3Client(
            new BasicAWSCredentials(AccessKey, Secret),
            new AmazonS3Config
            {
                ServiceURL = Endpoint,
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            }
        );
    }

    public static bool IsThere => Python.Has("swift.proxy.server");

    public string Endpoint { get; }

    /// <summary>A second opinion of what is there.</summary>
    public AmazonS3Client Client { get; }

    /// <summary>How an agent reaches it.</summary>
    public FootageUploadOptions Options =>
        new()
        {
            Url = $"s3://{Bucket}/site-1",
            Endpoint = Endpoint,
            Username = AccessKey,
            Password = Secret,
        };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
