using System.Text.Json.Nodes;
using AsffEdge.Agent.Models;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>A key that was taken out of the configuration, and what only it has signed, at a whole agent and a Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class RevokedKeyTests : IAsyncLifetime
{
    private const string NotTrusted = "by a key that is trusted here";

    private RolloutFixture _fixture = null!;
    private string _old = "";
    private string _new = "";

    public async ValueTask InitializeAsync()
    {
        _fixture = await RolloutFixture.CreateAsync();
        (_old, _new) = (_fixture.WriteKey("old"), _fixture.WriteKey("new"));
        _fixture.Trust(_old, _new);
        await _fixture.StartAsync();
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_rollback_to_a_model_that_only_it_has_signed_is_refused_and_nothing_changes()
    {
        await UseAsync("2.0.0", _old);
        await UseAsync("3.0.0", _new);
        await RestartWithAsync("3.0.0", _new);
        string index = ReadIndex();

        CommandReply refused = await RollBackAsync();

        Assert.Equal((ReplyState.Failed, ResultCode.BadSignature), (refused.State, refused.Code));
        Assert.Contains("2.0.0, the model before", refused.Detail, StringComparison.Ordinal);
        Assert.Contains(NotTrusted, refused.Detail, StringComparison.Ordinal);
        Assert.Contains("'model.reload'", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(index, ReadIndex());
        await _fixture.FrameAsync("3.0.0", _fixture.Frames().Count());

        // The way that the refusal names.
        Assert.True((await _fixture.SendAsync("model.reload", new JsonObject())).Ok);
        await _fixture.FrameAsync("1.0.0", _fixture.Frames().Count());
    }

    [Fact]
    public async Task A_rollback_to_the_configured_file_needs_no_signature()
    {
        await UseAsync("2.0.0", _new);
        await RestartWithAsync("2.0.0", _new);

        CommandReply done = await RollBackAsync();

        Assert.True(done.Ok, done.Detail);
        await _fixture.FrameAsync("1.0.0", _fixture.Frames().Count());
    }

    [Fact]
    public async Task A_rollback_to_a_model_of_the_time_before_keys_is_refused()
    {
        _fixture.Trust();
        await RestartWithAsync("1.0.0");
        await UseAsync("2.0.0", key: null);
        await UseAsync("3.0.0", _new);
        await RestartWithAsync("3.0.0", _new);

        CommandReply refused = await RollBackAsync();

        Assert.Equal(ResultCode.BadSignature, refused.Code);
        Assert.Contains("is not signed", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_start_the_configured_file_takes_the_place_of_a_model_that_only_it_has_signed()
    {
        await UseAsync("2.0.0", _old);

        int stopped = await RestartWithAsync("1.0.0", _new);

        Assert.All(
            _fixture.Frames().Skip(stopped),
            frame => Assert.Equal("1.0.0", frame.Net.Version)
        );
        ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal(("1.0.0", "2.0.0"), (models.Current.Version, models.Change!.Version));
        Assert.Equal(ResultCode.BadSignature, models.Change.Code);
        Assert.Contains(NotTrusted, models.Change.Detail, StringComparison.Ordinal);
        InfoMessage info = await _fixture.InfoAsync(info => info.Models[0].Problem is not null);
        Assert.Contains(NotTrusted, info.Models[0].Problem, StringComparison.Ordinal);
        await _fixture.WaitForAsync(
            "health",
            MessageJson.Wire.HealthMessage,
            health => health.Reasons?.Any(reason => reason.Code == HealthCode.ModelFallback) == true
        );
        Assert.Equal(ResultCode.BadSignature, (await RollBackAsync()).Code);

        // Once the key is back, so is the way.
        await RestartWithAsync("1.0.0", _old, _new);
        Assert.True((await RollBackAsync()).Ok);
        await _fixture.FrameAsync("2.0.0", _fixture.Frames().Count());
    }

    [Fact]
    public async Task Without_a_configured_file_that_works_it_does_not_start_with_it()
    {
        await UseAsync("2.0.0", _old);
        await UseAsync("3.0.0", _old);
        await _fixture.Agent.StopAsync();
        _fixture.Trust(_new);
        File.WriteAllText(_fixture.Agent.Configuration.Model.Path, "this is no model");

        ModelException error = Assert.Throws<ModelException>(_fixture.Agent.Start);

        Assert.Equal(ModelFault.NotOnnx, error.Fault);
        Assert.Contains("3.0.0, which a command", error.Message, StringComparison.Ordinal);
        Assert.Contains(NotTrusted, error.Message, StringComparison.Ordinal);

        // However often it is tried, it is remembered once.
        Assert.Throws<ModelException>(_fixture.Agent.Start);
        Assert.Single(Kept.History, past => past.Code == ResultCode.BadSignature);
    }

    [Fact]
    public async Task A_model_that_another_key_has_signed_anew_stays()
    {
        byte[] file = await UseAsync("2.0.0", _old);
        CommandReply kept = await _fixture.StageAsync(
            file,
            signature: RolloutFixture.Sign(file, _new)
        );
        Assert.Contains("this signature of it is kept", RolloutFixture.Note(kept));

        int stopped = await RestartWithAsync("2.0.0", _new);

        Assert.All(
            _fixture.Frames().Skip(stopped),
            frame => Assert.Equal("2.0.0", frame.Net.Version)
        );
    }

    [Fact]
    public async Task A_model_that_fails_leads_to_the_configured_file_where_only_it_has_signed_the_one_before()
    {
        await UseAsync("2.0.0", _old);
        byte[] third = await StageAsync("3.0.0", _new);
        await _fixture.ActivateAsync(third, settleS: 600);
        await RestartWithAsync("3.0.0", _new); // which goes on with watching it

        _fixture.Failing.Version = "3.0.0";

        ModelsMessage models = await _fixture.ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal(("1.0.0", "3.0.0"), (models.Current.Version, models.Change!.Version));
        Assert.Equal(ResultCode.Failed, models.Change.Code);
        Assert.Contains("3 frames failed", models.Change.Detail, StringComparison.Ordinal);
        Assert.Contains(NotTrusted, models.Change.Detail, StringComparison.Ordinal);

        // As it is kept too: nothing is left to be found out at the next start.
        await RestartWithAsync("1.0.0", _new);
        StoredModels kept = Kept;
        Assert.Equal(("1.0.0", null), (kept.Current!.Version, kept.InsteadOf));
        Assert.Equal(models.Change.Detail, kept.Change!.Detail);
        Assert.Equal(["2.0.0", "3.0.0"], kept.History.Select(past => past.Version));
    }

    private Task<CommandReply> RollBackAsync() =>
        _fixture.SendAsync("model.rollback", new JsonObject());

    private StoredModels Kept => new ModelStore(_fixture.Agent.Configuration.StateDirectory).Models;

    private string ReadIndex() => File.ReadAllText(Path.Combine(_fixture.Store, "models.json"));

    private async Task<byte[]> StageAsync(string version, string? key)
    {
        byte[] file = File.ReadAllBytes(_fixture.Models.WriteGolden(version));
        await _fixture.PublishAsync(file);
        CommandReply staged = await _fixture.StageAsync(
            file,
            signature: key is null ? null : RolloutFixture.Sign(file, key)
        );
        Assert.True(staged.Ok, staged.Detail);
        return file;
    }

    private async Task<byte[]> UseAsync(string version, string? key)
    {
        byte[] file = await StageAsync(version, key);
        CommandReply done = await _fixture.ActivateAsync(file);
        Assert.True(done.Ok, done.Detail);
        await _fixture.WaitForAsync(
            "models",
            MessageJson.Wire.ModelsMessage,
            models =>
                models.Current.Version == version
                && models.Change?.State == ModelChangeState.Settled
        );
        return file;
    }

    /// <returns>How many frames had come before.</returns>
    private async Task<int> RestartWithAsync(string expected, params string[] keys)
    {
        await _fixture.Agent.StopAsync();
        _fixture.Trust(keys);
        int stopped = _fixture.Frames().Count();
        _fixture.Agent.Start();
        _fixture.Failing.Host = _fixture.Agent.Host;
        await _fixture.FrameAsync(expected, stopped);
        return stopped;
    }
}
