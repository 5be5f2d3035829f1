using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models.Fetching;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models.Fetching;

public sealed class ModelSourcesTests
{
    [Theory]
    [InlineData("https://models.example.com/", "https://models.example.com/a/b.onnx")]
    [InlineData("https://models.example.com", "https://models.example.com/b.onnx?sig=1")]
    [InlineData("https://Models.example.com/", "https://MODELS.EXAMPLE.COM:443/b.onnx")]
    [InlineData("http://10.0.0.5:8080/street/", "http://10.0.0.5:8080/street/b.onnx")]
    [InlineData("http://10.0.0.5:8080/street", "http://10.0.0.5:8080/street/b.onnx")]
    [InlineData("http://10.0.0.5/b.onnx", "http://10.0.0.5/b.onnx")]
    [InlineData("http://10.0.0.5/street/", "http://10.0.0.5/yard/../street/b.onnx")]
    [InlineData("http://[2001:db8::5]/", "http://[2001:db8:0:0::5]/b.onnx")]
    public void What_is_under_a_source_is_fetched(string source, string url) =>
        Assert.Equal(new Uri(url), Sources([source]).Require(url));

    [Theory]
    [InlineData("https://models.example.com/", "http://models.example.com/b.onnx")]
    [InlineData("https://models.example.com/", "https://models.example.com:8443/b.onnx")]
    [InlineData("https://models.example.com/", "https://models.example.com.evil.example/b.onnx")]
    [InlineData("https://models.example.com/", "https://models.example.com@evil.example/b.onnx")]
    [InlineData("https://models.example.com/", "https://evil.example/models.example.com/b.onnx")]
    [InlineData("http://10.0.0.5/street/", "http://10.0.0.5/street/../b.onnx")]
    [InlineData("http://10.0.0.5/street/", "http://10.0.0.5/street/%2e%2e/b.onnx")]
    [InlineData("http://10.0.0.5/street/", "http://10.0.0.5/street/..%2fb.onnx")]
    [InlineData("http://10.0.0.5/street/", "http://10.0.0.5/street/..%5Cb.onnx")]
    [InlineData("http://10.0.0.5/street/", "http://10.0.0.5/street/..\\b.onnx")]
    [InlineData("http://10.0.0.5/street", "http://10.0.0.5/streets/b.onnx")]
    [InlineData("http://10.0.0.5/street", "http://10.0.0.5/Street/b.onnx")]
    public void What_is_not_is_refused_with_the_key_the_address_and_what_is_allowed(
        string source,
        string url
    )
    {
        DocumentRejectedException refused = Assert.Throws<DocumentRejectedException>(() =>
            Sources([source]).Require(url)
        );

        Assert.Equal(ResultCode.BadSource, refused.Code);
        Assert.Contains("'url' is http", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{source} (model.sources)", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://10.0.0.5/b.onnx")]
    [InlineData("/models/b.onnx")]
    [InlineData("")]
    public void What_is_no_address_of_a_web_server_is_refused_whatever_is_allowed(string url)
    {
        DocumentRejectedException refused = Assert.Throws<DocumentRejectedException>(() =>
            Sources(null, isSigned: true).Require(url)
        );

        Assert.Equal(ResultCode.BadDocument, refused.Code);
        Assert.Contains("http:// or https://", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_configured_the_brokers_host_may_be_asked_and_no_other()
    {
        ModelSources sources = Sources(null);

        sources.Require("http://BROKER.local:8080/b.onnx");
        Assert.Contains(
            "the broker's host (broker.local), as neither model.sources nor model.signing_keys is configured",
            Refusal(sources, "http://169.254.169.254/latest/"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Signed_models_may_lie_anywhere_unless_sources_are_configured()
    {
        Sources(null, isSigned: true).Require("https://anywhere.example/b.onnx");
        Refusal(Sources(["https://a.example/"], isSigned: true), "https://b.example/b.onnx");
    }

    [Fact]
    public void With_no_source_models_come_from_the_broker_alone() =>
        Assert.Contains(
            "model.sources is empty",
            Refusal(Sources([]), "http://broker.local/b.onnx"),
            StringComparison.Ordinal
        );

    [Fact]
    public void Users_and_parameters_are_not_told() =>
        Assert.DoesNotContain(
            "secret",
            Refusal(Sources([]), "http://me:secret@broker.local/b.onnx?key=secret"),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("https://models.example.com/", true)]
    [InlineData("http://10.0.0.5:8080/street", true)]
    [InlineData("models.example.com", false)]
    [InlineData("file:///srv/models/", false)]
    [InlineData("https://me:secret@models.example.com/", false)]
    [InlineData("https://models.example.com/?key=1", false)]
    [InlineData("https://models.example.com/#a", false)]
    [InlineData("https://models.example.com/a%2Fb/", false)]
    public void A_source_is_an_address_and_nothing_more(string text, bool isSource) =>
        Assert.Equal(isSource, ModelSources.IsSource(text));

    private static string Refusal(ModelSources sources, string url) =>
        Assert.Throws<DocumentRejectedException>(() => sources.Require(url)).Message;

    private static ModelSources Sources(string[]? sources, bool isSigned = false) =>
        new(
            new ModelOptions
            {
                Path = "model.onnx",
                Sources = sources,
                SigningKeys = isSigned ? ["signing.pub"] : [],
            },
            "broker.local"
        );
}
