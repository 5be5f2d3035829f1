using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage.Upload;

namespace AsffEdge.Agent.Tests.Footage.Upload;

public sealed class UploadTargetsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://home.example/footage")]
    [InlineData("s3://footage/site-1")]
    public void A_file_that_is_gone_or_none_of_its_kind_is_named(string url)
    {
        FootageUploadOptions options = new()
        {
            Url = url,
            Username = "gate-07",
            PasswordFile = Path.Combine(_folder.Path, "gone"),
        };

        Assert.StartsWith(
            "footage.upload.password_file cannot be used: ",
            ProblemOf(options),
            StringComparison.Ordinal
        );
        options = options with { PasswordFile = _folder.Write("pw", "one\ntwo\n") };
        string noPem = _folder.Write(
            "ca.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        );
        Assert.StartsWith(
            "footage.upload.ca_file cannot be used: ",
            ProblemOf(options with { CaFile = noPem }),
            StringComparison.Ordinal
        );
        UploadTargets.Open(options).Dispose();
    }

    private static string ProblemOf(FootageUploadOptions options)
    {
        UploadException error = Assert.Throws<UploadException>(() => UploadTargets.Open(options));
        Assert.True(error.IsRefusal);
        return error.Message;
    }
}
