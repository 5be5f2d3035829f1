using System.Text.Json.Nodes;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>Models that a fleet's manager hands to a whole agent at a Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class ModelRolloutTests : IAsyncLifetime
{
    private RolloutFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await RolloutFixture.CreateAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_model_from_the_broker_is_staged_put_to_use_kept_over_a_restart_and_taken_back()
    {
        await _fixture.StartAsync();
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        await _fixture.PublishAsync(file);

        CommandReply staged = await _fixture.StageAsync(file);
        Assert.True(staged.Ok, staged.Detail);
        ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.Staged);
        Assert.Equal(("1.0.0", "2.0.0"), (models.Current.Version, models.Change!.Version));
        Assert.Null(models.Previous);
        Assert.Contains("here already", RolloutFixture.Note(await _fixture.StageAsync(file)));

        CommandReply done = await _fixture.ActivateAsync(file);
        Assert.True(done.Ok, done.Detail);
        Assert.NotNull(done.TookMs);
        await _fixture.FrameAsync("2.0.0");
        models = await _fixture.ReportAsync(ModelChangeState.Settled);
        Assert.Equal(("2.0.0", "1.0.0"), (models.Current.Version, models.Previous!.Version));
        Assert.Equal(ModelChangeState.Settled, Assert.Single(models.History!).State);
        Assert.Contains(
            "what runs already",
            RolloutFixture.Note(await _fixture.ActivateAsync(file))
        );

        // The configured file is what it was, so the fleet's word is the last one.
        await _fixture.Agent.StopAsync();
        int stopped = _fixture.Frames().Count();
        _fixture.Agent.Start();
        await _fixture.FrameAsync("2.0.0", stopped);
        Assert.Equal("2.0.0", _fixture.Frames().ElementAt(stopped).Net.Version);
        InfoMessage info = await _fixture.InfoAsync(info => info.Models[0].Version == "2.0.0");
        Assert.Null(info.Models[0].Problem);

        Assert.True((await _fixture.SendAsync("model.rollback", new JsonObject())).Ok);
        await _fixture.FrameAsync("1.0.0", after: _fixture.Frames().Count());
        models = await _fixture.ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal(("1.0.0", null), (models.Current.Version, models.Previous));
        Assert.Equal(ResultCode.Ok, models.Change!.Code);
        Assert.Contains(
            "in use again already",
            RolloutFixture.Note(await _fixture.SendAsync("model.rollback", new JsonObject()))
        );
    }

    [Fact]
    public async Task In_the_shadow_a_model_that_agrees_passes_and_is_used()
    {
        await _fixture.StartAsync();
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        await _fixture.PublishAsync(file);
        await _fixture.StageAsync(file);

        CommandReply done = await _fixture.ActivateAsync(file, shadowS: 3, minAgreement: 0.9);

        Assert.True(done.Ok, done.Detail);
        ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.Settled);
        ModelShadow shadow = models.Change!.Shadow!;
        Assert.True(shadow.Frames >= 3, $"{shadow.Frames} frames were seen");
        Assert.Equal(1, shadow.Agreement);
        Assert.Equal(shadow.Objects, shadow.CurrentObjects);
        Assert.NotNull(shadow.InferenceMsP50);
        Assert.NotNull(shadow.CurrentInferenceMsP50);
    }

    [Fact]
    public async Task In_the_shadow_a_model_is_judged_by_the_threshold_that_it_would_be_used_with()
    {
        await _fixture.StartAsync();
        string path = _fixture.Models.Write(json =>
        {
            json["version"] = "2.0.0";
            json["thresholds"]!["score"] = 1; // which nothing reaches
        });
        byte[] file = File.ReadAllBytes(path);
        await _fixture.PublishAsync(file);
        CommandReply staged = await _fixture.StageAsync(file);
        Assert.True(staged.Ok, staged.Detail);

        CommandReply done = await _fixture.ActivateAsync(file, shadowS: 3, minAgreement: 0.5);

        Assert.False(done.Ok);
        Assert.Contains("It found 0, the model in use ", done.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_shadow_a_model_that_sees_other_things_fails_and_is_not_used()
    {
        await _fixture.StartAsync();

        // To it red is blue.
        byte[] file = File.ReadAllBytes(
            _fixture.Models.Write(json =>
            {
                json["version"] = "2.0.0";
                json["input"]!["color"] = "bgr";
            })
        );
        await _fixture.PublishAsync(file);
        Assert.True((await _fixture.StageAsync(file)).Ok);

        CommandReply failed = await _fixture.ActivateAsync(file, shadowS: 3, minAgreement: 0.5);

        Assert.Equal(ResultCode.BadShadow, failed.Code);
        Assert.Contains("agree on 0 ", failed.Detail, StringComparison.Ordinal);
        ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.Failed);
        Assert.Equal(("1.0.0", 0), (models.Current.Version, models.Change!.Shadow!.Agreement));
        Assert.All(_fixture.Frames(), frame => Assert.Equal("1.0.0", frame.Net.Version));
    }

    [Fact]
    public async Task A_model_that_finds_nothing_any_more_is_taken_back()
    {
        await _fixture.StartAsync();
        byte[] file = File.ReadAllBytes(
            _fixture.Models.Write(json =>
            {
                json["version"] = "2.0.0";
                json["input"]!["std"] = new JsonArray(1e6, 1e6, 1e6); // everything is black to it
            })
        );
        await _fixture.PublishAsync(file);
        await _fixture.StageAsync(file);
        await _fixture.WaitForAsync(
            "cameras/dock-1/detections",
            MessageJson.Wire.FrameMessage,
            frame => frame.Seq > 100
        );

        Assert.True((await _fixture.ActivateAsync(file, settleS: 8)).Ok);

        ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal(("1.0.0", ResultCode.Failed), (models.Current.Version, models.Change!.Code));
        Assert.Contains("it found 0 objects", models.Change.Detail, StringComparison.Ordinal);
        await _fixture.InfoAsync(info =>
            info.Models[0].Version == "1.0.0"
            && info.Models[0].Problem?.Contains("taken back", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public async Task A_model_whose_inferences_fail_is_taken_back()
    {
        await _fixture.StartAsync();
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden("2.0.0"));
        await _fixture.PublishAsync(file);
        await _fixture.StageAsync(file);
        _fixture.Failing.Version = "2.0.0";

        await _fixture.ActivateAsync(file, settleS: 60);

        ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal("1.0.0", models.Current.Version);
        await _fixture.FrameAsync("1.0.0", _fixture.Frames().Count());
    }
}
