using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>Whatever byte a disk has lost of what the store keeps, in whatever state a change was: the next process finds a model that works.</summary>
public sealed class ModelPowerCutTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 11, 26, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1);

    private readonly ColourCells _models = new();
    private readonly TemporaryFolder _state = new();
    private readonly string _configured;
    private readonly ModelContent _first;
    private readonly ModelContent _second;

    public ModelPowerCutTests()
    {
        _configured = _models.WriteGolden("1.0.0");
        _first = ModelContent.Read(_configured);
        _second = ModelContent.Read(_models.WriteGolden("2.0.0"));
    }

    private string Folder => Path.Combine(_state.Path, "models");

    private string Index => Path.Combine(Folder, "models.json");

    public void Dispose()
    {
        _models.Dispose();
        _state.Dispose();
    }

    public static TheoryData<ModelChangeState> States => [.. Enum.GetValues<ModelChangeState>()];

    /// <summary>The index is renamed into place, so a process that ends cannot tear it; a disk may still lose its end, or give zeros for it.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public void A_torn_index_leaves_a_model_that_works(ModelChangeState state)
    {
        Leave(state);
        byte[] json = File.ReadAllBytes(Index);
        StoredModels whole = new ModelStore(_state.Path).Models;
        for (int length = 0; length < json.Length; length++)
        {
            File.WriteAllBytes(Index, json[..length]);
            Assert.Null(new ModelStore(_state.Path).Models.Current);
            File.WriteAllBytes(Index, [.. json[..length], .. new byte[json.Length - length]]);
            StoredModels read = new ModelStore(_state.Path).Models;
            Assert.Null(read.Current);
            Assert.Null(ModelRestart.AfterStart(read, _ => true, Now).Change);
            Assert.Contains(_first.Sha256, new ModelStore(_state.Path).Candidates());
        }

        foreach (int length in new[] { 0, 1, json.Length / 2, json.Length - 1 })
        {
            // With the configured file, and without it.
            File.WriteAllBytes(Index, json[..length]);
            Assert.Equal("1.0.0", Start(_configured));
            File.WriteAllBytes(Index, json[..length]);
            Assert.Contains(Start("none.onnx"), Versions);
        }

        Leave(state);
        Assert.Equal(whole.Current, new ModelStore(_state.Path).Models.Current);
        Assert.Contains(Start(_configured), Versions);
    }

    /// <summary>The copy that is named as the current one, cut anywhere or with a changed byte anywhere.</summary>
    [Theory]
    [InlineData(ModelChangeState.Settling)]
    [InlineData(ModelChangeState.Settled)]
    public void A_damaged_copy_of_the_current_model_leaves_the_one_before(ModelChangeState state)
    {
        byte[] copy = File.ReadAllBytes(_second.Path);
        for (int at = 0; at < copy.Length; at += 1_999)
        {
            foreach (bool isCut in new[] { true, false })
            {
                Leave(state);
                byte[] damaged = isCut ? copy[..at] : [.. copy];
                if (!isCut)
                {
                    damaged[at] ^= 0x10;
                }

                File.WriteAllBytes(new ModelStore(_state.Path).PathOf(_second.Sha256), damaged);
                Assert.Equal("1.0.0", Start("none.onnx"));
            }
        }
    }

    /// <summary>Between two steps of the disk: a file is moved before it is named, and named before what it replaces is removed.</summary>
    [Fact]
    public void Between_any_two_steps_there_is_a_model_that_works()
    {
        Leave(ModelChangeState.Staging);
        ModelStore store = new(_state.Path);
        File.Copy(_second.Path, store.PathOf(_second.Sha256)); // moved, not named yet
        Assert.Equal("1.0.0", Start(_configured));

        Leave(ModelChangeState.Settled);
        ModelContent third = ModelContent.Read(_models.WriteGolden("3.0.0"));
        File.Copy(third.Path, store.PathOf(third.Sha256)); // the next current one named, the oldest not removed yet
        store.Update(models =>
            models.PutToUse(new StoredModel(third.Sha256, "m", "3.0.0", Now), _first.Sha256, 60)
        );
        File.Copy(_first.Path, store.PathOf(_first.Sha256));
        Assert.Equal("3.0.0", Start(_configured));
        File.Delete(store.PathOf(third.Sha256)); // and a file that the disk has lost altogether
        Assert.Equal("2.0.0", Start("none.onnx"));
    }

    private static string[] Versions => ["1.0.0", "2.0.0"];

    /// <summary>The folder as it is in the middle of a change from the first to the second model.</summary>
    private void Leave(ModelChangeState state)
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        ModelStore store = new(_state.Path);
        store.Add(_first);
        store.Promote(new StoredModel(_first.Sha256, "m", "1.0.0", Now - Later));
        StagedModel staged = new(_second.Sha256, "m", "2.0.0");
        if (state is ModelChangeState.Staging)
        {
            Directory.CreateDirectory(store.Incoming);
            File.WriteAllBytes(
                Path.Combine(store.Incoming, $"{_second.Sha256}.part"),
                File.ReadAllBytes(_second.Path)[..1000]
            );
        }
        else
        {
            store.Add(_second);
            store.Stage(staged, null);
        }

        store.Update(models =>
        {
            StoredModels used = models.PutToUse(
                new StoredModel(_second.Sha256, "m", "2.0.0", Now),
                _first.Sha256,
                60
            );
            StoredModels changed = state switch
            {
                ModelChangeState.Settling => used,
                ModelChangeState.Settled => used with { Trial = null },
                ModelChangeState.RolledBack => used.TakenBack(_second.Sha256, "it failed"),
                _ => models,
            };
            return changed.With(
                new ModelChange(_second.Sha256, state, ResultCode.Ok, Now) { Detail = "é \"x\"" }
            );
        });
    }

    private string Start(string path)
    {
        using LoadedModel model = ModelStart
            .Open(
                new ModelOptions { Path = Path.Combine(_state.Path, path), Threads = 1 },
                new ModelStore(_state.Path),
                TimeProvider.System
            )
            .Model;
        return model.Name.Version;
    }
}
