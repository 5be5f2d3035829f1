using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Tests;
using AsffEdge.Detection.Tests;
using AsffEdge.EndToEnd.Tests.Fixtures;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>
/// SIGKILL at moments spread over the fetching, checking, shadow and activation of a model, every round another model over one state directory.
/// <c>ASFF_KILL_ROUNDS</c> says how often.
/// </summary>
public sealed class ModelKillTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Longer than a whole change, so that some kills come after it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder _state = new();
    private readonly TestVideo _video = new();
    private readonly ColourCells _models = new();
    private readonly Dictionary<string, int> _hits = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _models.Dispose();
        _video.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task After_every_kill_the_next_start_has_a_whole_model_that_was_in_use_and_goes_on_with_it()
    {
        int rounds = int.Parse(
            Environment.GetEnvironmentVariable("ASFF_KILL_ROUNDS") ?? "8",
            CultureInfo.InvariantCulture
        );
        await using Mosquitto broker = new();
        await broker.StartAsync();
        await using MqttRecorder recorder = await MqttRecorder.ConnectAsync(broker.Port);
        string configuration = _video.PathOf("agent.yaml");
        File.WriteAllText(
            configuration,
            Configuration.Yaml(
                broker.Port,
                _models.WriteGolden("1.0.0"),
                _state.Path,
                [("plaza", BlinkingClip.Write(_video, "plaza.avi"))]
            )
        );
        HashSet<string> mayRun = ["1.0.0"];
        for (int round = 0; round < rounds; round++)
        {
            byte[] next = File.ReadAllBytes(_models.WriteGolden($"2.0.{round}"));
            using FileServer server = new(next) { Dribble = Math.Max(1, next.Length / 40) };
            await using ChildProcess agent = await StartAsync(configuration, recorder, mayRun);
            await ChangeAsync(recorder, next, server.Url, Longest * ((round + 0.5) / rounds));
            agent.KillAlone();
            mayRun = CheckStore(next);
        }

        await using ChildProcess last = await StartAsync(configuration, recorder, mayRun);
        last.Terminate();
        Assert.Equal(0, await last.WaitForExitAsync(Patience));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills, the change being: {string.Join(", ", _hits.Select(hit => $"{hit.Key} {hit.Value}"))}"
        );
    }

    /// <summary>Stages and activates a model, and comes back after a time, whatever has become of it.</summary>
    private static async Task ChangeAsync(
        MqttRecorder recorder,
        byte[] file,
        string url,
        TimeSpan lasts
    )
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        await recorder.PublishAsync(
            Site.AgentTopic("commands/model.stage"),
            new JsonObject
            {
                ["v"] = 1,
                ["sha256"] = sha256,
                ["size"] = file.Length,
                ["url"] = url,
            }
        );
        bool isActivated = false;
        while (elapsed.Elapsed < lasts)
        {
            IReadOnlyList<Received> told = recorder.Messages(Site.AgentTopic("models"));
            if (
                !isActivated
                && told.Count > 0
                && told[^1].Json["change"] is { } change
                && change["sha256"]!.GetValue<string>() == sha256
                && change["state"]!.GetValue<string>() == "staged"
            )
            {
                isActivated = true;
                await recorder.PublishAsync(
                    Site.AgentTopic("commands/model.activate"),
                    new JsonObject
                    {
                        ["v"] = 1,
                        ["sha256"] = sha256,
                        ["shadow_s"] = 0.5,
                        ["settle_s"] = 1,
                    }
                );
            }

            await Task.Delay(5, Ct);
        }
    }

    /// <summary>Starts an agent and waits for its first frame, which must come from a model that may run.</summary>
    private static async Task<ChildProcess> StartAsync(
        string configuration,
        MqttRecorder recorder,
        HashSet<string> mayRun
    )
    {
        HashSet<string> boots =
        [
            .. recorder
                .Messages(Site.Detections("plaza"))
                .Select(frame => frame.Json["boot"]!.GetValue<string>()),
        ];
        ChildProcess agent = ChildProcess.Start(
            TestPaths.AgentProgram,
            ["run", "--config", configuration]
        );
        try
        {
            Received first = await recorder.WaitAsync(
                Site.Detections("plaza"),
                frame => !boots.Contains(frame["boot"]!.GetValue<string>()),
                Patience
            );
            Assert.Contains(first.Json["net"]!["version"]!.GetValue<string>(), mayRun);
            return agent;
        }
        catch (Exception error)
        {
            Assert.Fail($"{error.Message}\n{agent.Log}");
            throw;
        }
    }

    /// <summary>What a kill has left: an index that is whole, models that are whole, and of what was coming the beginning.</summary>
    /// <returns>The versions that the next start may run.</returns>
    private HashSet<string> CheckStore(byte[] coming)
    {
        ModelStore store = new(_state.Path);
        StoredModels models = store.Models;
        Assert.NotNull(models.Current);
        foreach (
            StoredModel kept in new[] { models.Current, models.Previous }.OfType<StoredModel>()
        )
        {
            Assert.True(store.Holds(kept.Sha256), $"{kept.Version} is not whole");
        }

        if (models.Staged is { } staged)
        {
            Assert.True(store.Holds(staged.Sha256), $"{staged.Version}, staged, is not whole");
        }

        string part = Path.Combine(
            store.Incoming,
            $"{Convert.ToHexStringLower(SHA256.HashData(coming))}.part"
        );
        if (File.Exists(part))
        {
            byte[] here = File.ReadAllBytes(part);
            Assert.Equal(coming[..here.Length], here);
        }

        string state = models.Change?.State.ToString() ?? "none";
        _hits[state] = _hits.GetValueOrDefault(state) + 1;

        // One that ended the process three times before it had settled is taken back at the start.
        return models.Trial is null
            ? [models.Current.Version]
            : [models.Current.Version, models.Previous!.Version];
    }
}
