using System.Net;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>How models come to a whole agent, and what is refused on the way.</summary>
[Trait("Category", "System")]
public sealed class ModelStagingTests : IAsyncLifetime
{
    private RolloutFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await RolloutFixture.CreateAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_download_that_stops_goes_on_where_it_ended()
    {
        await _fixture.StartAsync();
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        using FileServer server = new(file, cuts: 0..2);

        CommandReply staged = await _fixture.StageAsync(file, url: server.Url);

        Assert.True(staged.Ok, staged.Detail);
        long[] asked = [.. server.Asked];
        Assert.Equal(3, asked.Length);
        Assert.Equal(0, asked[0]);
        Assert.True(0 < asked[1] && asked[1] < asked[2] && asked[2] < file.Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(_fixture.Store, "incoming")));
    }

    [Fact]
    public async Task What_came_before_a_restart_is_not_fetched_again()
    {
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        string incoming = Path.Combine(_fixture.Store, "incoming");
        Directory.CreateDirectory(incoming);
        File.WriteAllBytes(
            Path.Combine(incoming, $"{RolloutFixture.Hash(file)}.part"),
            file[..5000]
        );
        await _fixture.StartAsync();
        using FileServer server = new(file);

        Assert.True((await _fixture.StageAsync(file, url: server.Url)).Ok);

        Assert.Equal([5000], server.Asked);
    }

    /// <summary>A power cut may leave anything in the part that was being written; the whole file's hash finds it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(int.MaxValue)]
    public async Task A_torn_beginning_is_fetched_anew(int length)
    {
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        byte[] torn = file[..Math.Min(length, file.Length)];
        torn[^1] ^= 0xff;
        string incoming = Path.Combine(_fixture.Store, "incoming");
        Directory.CreateDirectory(incoming);
        File.WriteAllBytes(Path.Combine(incoming, $"{RolloutFixture.Hash(file)}.part"), torn);
        await _fixture.StartAsync();
        using FileServer server = new(file);

        CommandReply staged = await _fixture.StageAsync(file, url: server.Url);

        Assert.True(staged.Ok, staged.Detail);
        Assert.Equal(0, server.Asked.Last());
    }

    [Theory]
    [InlineData("damaged", ResultCode.BadModel, "has the SHA-256")]
    [InlineData("labels", ResultCode.BadModel, "expected those in use")]
    [InlineData("version", ResultCode.BadModel, "expected another version")]
    [InlineData("no model", ResultCode.BadModel, "expected an ONNX file")]
    [InlineData("golden", ResultCode.BadModel, "its golden picture at size 320")]
    [InlineData("short", ResultCode.NotFetched, "part")]
    [InlineData("404", ResultCode.NotFetched, "404")]
    [InlineData("size", ResultCode.NotFetched, "bytes")]
    [InlineData("unsigned", ResultCode.BadSignature, "is not signed")]
    [InlineData("foreign", ResultCode.BadSignature, "by a key that is trusted")]
    [InlineData("signature", ResultCode.BadSignature, "is none of this file")]
    [InlineData("source", ResultCode.BadSource, "http://127.0.0.1/models/ (model.sources)")]
    public async Task What_is_no_good_is_refused_and_the_model_goes_on(
        string kind,
        ResultCode code,
        string why
    )
    {
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        string? signature = null;
        switch (kind)
        {
            case "labels":
                file = File.ReadAllBytes(
                    _fixture.Models.Write(json =>
                    {
                        json["version"] = "2.0.0";
                        json["labels"]![0] = "yellow";
                    })
                );
                break;
            case "version":
                file = File.ReadAllBytes(_fixture.Models.Write()); // 1.0.0 too, without the golden picture
                break;
            case "no model":
                file = new byte[3000];
                break;
            case "golden":
                GoldenPicture golden = ModelContent.Read(_fixture.Models.WriteGolden()).Golden!;
                file = File.ReadAllBytes(_fixture.Models.WriteOther(golden));
                break;
            case "unsigned":
                _fixture.Trust(_fixture.WriteKey("trusted"));
                break;
            case "foreign":
                _fixture.Trust(_fixture.WriteKey("trusted"));
                signature = RolloutFixture.Sign(file, _fixture.WriteKey("foreign"));
                break;
            case "signature":
                string key = _fixture.WriteKey("trusted");
                _fixture.Trust(key);
                signature = RolloutFixture.Sign(new byte[1], key); // of another file
                break;
            case "source":
                _fixture.Configure(model => model with { Sources = ["http://127.0.0.1/models/"] });
                break;
        }

        await _fixture.StartAsync();
        using FileServer server = new(file)
        {
            Refusal = kind == "404" ? HttpStatusCode.NotFound : null,
        };
        byte[] sent = [.. file];
        if (kind == "damaged")
        {
            sent[^100] ^= 1;
        }

        await _fixture.PublishAsync(
            kind == "short" ? sent[..^10] : sent,
            RolloutFixture.Hash(file)
        );

        CommandReply failed = await _fixture.StageAsync(
            file,
            url: kind is "404" or "size" or "source" ? server.Url : null,
            signature,
            size: kind == "size" ? file.Length - 1 : file.Length
        );

        Assert.Equal((ReplyState.Failed, code), (failed.State, failed.Code));
        Assert.Contains(why, failed.Detail, StringComparison.Ordinal);
        Assert.Equal(ResultCode.UnknownModel, (await _fixture.ActivateAsync(file)).Code);
        Assert.Single(Directory.GetFiles(_fixture.Store, "*.onnx"));
        int before = _fixture.Frames().Count();
        await _fixture.FrameAsync("1.0.0", before);
        if (code is ResultCode.BadSignature or ResultCode.BadSource)
        {
            Assert.Null((await _fixture.ReportAsync(null)).Change); // nothing was begun
            Assert.Empty(server.Asked);
        }
        else
        {
            ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.Failed);
            Assert.Equal(code, models.Change!.Code);
        }
    }

    [Fact]
    public async Task A_model_signed_with_a_trusted_key_is_taken_and_not_used_once_the_key_is_revoked()
    {
        string old = _fixture.WriteKey("old");
        string key = _fixture.WriteKey("new");
        _fixture.Trust(old, key);
        await _fixture.StartAsync();
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        await _fixture.PublishAsync(file);
        CommandReply staged = await _fixture.StageAsync(
            file,
            signature: RolloutFixture.Sign(file, old)
        );
        Assert.True(staged.Ok, staged.Detail);

        await _fixture.Agent.StopAsync();
        _fixture.Trust(key);
        int before = _fixture.Frames().Count();
        _fixture.Agent.Start();
        await _fixture.FrameAsync("1.0.0", before);

        CommandReply refused = await _fixture.ActivateAsync(file);
        Assert.Equal(ResultCode.BadSignature, refused.Code);
        Assert.Contains("by a key that is trusted", refused.Detail, StringComparison.Ordinal);
        staged = await _fixture.StageAsync(file, signature: RolloutFixture.Sign(file, old));
        Assert.Equal(ResultCode.BadSignature, staged.Code);

        // Signed anew with the key that is left, it is good again, and its file is here.
        staged = await _fixture.StageAsync(file, signature: RolloutFixture.Sign(file, key));
        Assert.Contains("here already", RolloutFixture.Note(staged), StringComparison.Ordinal);
        Assert.True((await _fixture.ActivateAsync(file)).Ok);
    }

    [Fact]
    public async Task A_newer_order_takes_the_place_of_one_that_waits_for_its_file()
    {
        await _fixture.StartAsync();
        byte[] never = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("3.0.0"));
        await _fixture.PublishAsync(file);

        Task<CommandReply> waiting = _fixture.StageAsync(never);
        await _fixture.ReportAsync(ModelChangeState.Staging);
        CommandReply staged = await _fixture.StageAsync(file);

        Assert.True(staged.Ok, staged.Detail);
        Assert.Equal(ResultCode.Superseded, (await waiting).Code);
        Assert.Equal(
            RolloutFixture.Hash(file),
            (await _fixture.ReportAsync(ModelChangeState.Staged)).Change!.Sha256
        );
    }
}
