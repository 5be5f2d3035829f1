using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Tests.Configuration;

public sealed class FootageUploadOptionsTests : IDisposable
{
    private const string Secret = "s3cr3t-Value";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_is_sent_unless_it_is_said_where_to()
    {
        Assert.False(Load("").IsWanted);
        Assert.True(Load("{ url: https://home.example/footage }").IsWanted);
        Assert.Equal(20, Load("{ url: http://home.example/, kb_per_s: 20 }").KbPerS);
    }

    [Theory]
    [InlineData("{ url: ftp://host/x }", "footage.upload.url is no address that can be used")]
    [InlineData(
        $"{{ url: 'https://me:{Secret}@host/x' }}",
        "footage.upload.url is no address that can be used"
    )]
    [InlineData("{ url: 'https://host/x?key=1' }", "without user, password, '?' and '#'")]
    [InlineData("{ url: s3://bucket/x }", "which needs username")]
    [InlineData(
        "{ url: https://host/x, endpoint: https://other }",
        "footage.upload.endpoint is for S3 only"
    )]
    [InlineData(
        $"{{ url: https://host/x, username: me, password: {Secret} }}",
        "ASFF_EDGE__FOOTAGE__UPLOAD__PASSWORD"
    )]
    [InlineData("{ url: https://host/x, pack_mb: 0 }", "footage.upload.pack_mb is '0'")]
    [InlineData("{ url: https://host/x, kb_per_s: 0 }", "footage.upload.kb_per_s is '0'")]
    [InlineData("{ url: https://host/x, hours: 22-6 }", "footage.upload.hours is '22-6'")]
    [InlineData("{ url: https://host/x, ca_file: no.pem }", "there is no such file")]
    public void What_is_wrong_is_named_without_secrets(string upload, string problem)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Load(upload));

        Assert.Contains(problem, Assert.Single(error.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_comes_from_the_environment_and_is_masked()
    {
        AgentConfiguration configuration = LoadAll(
            "{ url: s3://bucket/x, username: key }",
            new() { ["ASFF_EDGE__FOOTAGE__UPLOAD__PASSWORD"] = Secret }
        );

        Assert.Equal(Secret, configuration.Footage.Upload.Password);
        Assert.DoesNotContain(
            Secret,
            EffectiveConfiguration.ToYaml(configuration),
            StringComparison.Ordinal
        );
    }

    private FootageUploadOptions Load(string upload) => LoadAll(upload, []).Footage.Upload;

    private AgentConfiguration LoadAll(string upload, Dictionary<string, string> environment)
    {
        _folder.Write("model.onnx", "");
        return ConfigurationLoader.Load(
            _folder.Write(
                "agent.yaml",
                $"model: {{ path: model.onnx }}\ncameras: [{{ id: gate, source: a.avi }}]\nfootage:\n  upload: {upload}\n"
            ),
            environment,
            []
        );
    }
}
