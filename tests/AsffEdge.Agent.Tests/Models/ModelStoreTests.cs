using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 11, 26, 0, 0, 0, DateTimeKind.Utc);

    private readonly ColourCells _models = new();
    private readonly TemporaryFolder _state = new();
    private readonly ModelStore _store;

    public ModelStoreTests() => _store = new ModelStore(_state.Path);

    private string Folder => Path.Combine(_state.Path, "models");

    public void Dispose()
    {
        _models.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void It_holds_the_current_model_and_the_one_before_and_nothing_else()
    {
        string[] added = [.. Enumerable.Range(1, 5).Select(k => Add($"{k}.0.0"))];

        Assert.Equal(added[^1], _store.Models.Current!.Sha256);
        Assert.Equal(added[^2], _store.Models.Previous!.Sha256);
        Assert.Equal([added[^1], added[^2]], _store.Candidates());
        Assert.Equal(3, Directory.GetFiles(Folder).Length); // two models and the index
    }

    [Fact]
    public void The_copy_stays_when_the_file_is_overwritten_in_place()
    {
        string path = _models.WriteGolden();
        ModelContent content = ModelContent.Read(path);
        string copy = _store.Add(content);

        using (FileStream file = File.OpenWrite(path))
        {
            file.Write(new byte[100]);
        }

        Assert.Equal(content.Sha256, ModelContent.Read(copy).Sha256);
    }

    [Fact]
    public void A_damaged_copy_is_made_anew_and_a_whole_one_left_alone()
    {
        ModelContent content = ModelContent.Read(_models.WriteGolden());
        string copy = _store.Add(content);
        DateTime written = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(copy, written);

        _store.Add(content);
        Assert.Equal(written, File.GetLastWriteTimeUtc(copy));

        File.WriteAllBytes(copy, File.ReadAllBytes(copy)[..1000]);
        _store.Add(content);
        Assert.Equal(content.Sha256, ModelContent.Read(copy).Sha256);
    }

    [Fact]
    public void What_was_taken_back_is_no_candidate_until_it_is_put_to_use_again()
    {
        string good = Add("1.0.0");
        string bad = Add("2.0.0");

        _store.Update(models => models.TakenBack(bad, "it failed"));

        Assert.Equal(good, _store.Models.Current!.Sha256);
        Assert.Null(_store.Models.Previous);
        Assert.Equal([good], _store.Candidates());
        Assert.Equal(new RejectedModel(bad, "it failed"), Assert.Single(_store.Models.Rejected));

        Add("2.0.0");
        Assert.Empty(_store.Models.Rejected);
    }

    [Fact]
    public void Everything_that_is_kept_comes_back_with_or_without_what_may_be_missing()
    {
        Add("1.0.0");
        string second = Add("2.0.0");
        ModelChange change = new(second, ModelChangeState.Failed, ResultCode.BadShadow, Now);
        StoredModels kept = _store.Update(models =>
            models
                .PutToUse(models.Current!, "configured", 60)
                .With(change)
                .With(change with { Name = "m", Shadow = new ModelShadow(1, 2, 3) }) with
            {
                Staged = new StagedModel(second, "m", "2"),
            }
        );

        StoredModels read = new ModelStore(_state.Path).Models;

        Assert.Equal(kept.Staged, read.Staged);
        Assert.Equal(kept.Trial, read.Trial);
        Assert.Equal(
            ("configured", kept.Current, kept.Previous),
            (read.InsteadOf, read.Current, read.Previous)
        );
        Assert.Equal(kept.Change, read.Change);
        Assert.Equal(kept.History, read.History);
        Assert.Equal(2, read.History.Count);
    }

    [Fact]
    public void An_index_of_an_earlier_version_is_read()
    {
        string first = Add("1.0.0");
        File.WriteAllText(
            Path.Combine(Folder, "models.json"),
            $$"""{"v":1,"current":{"sha256":"{{first}}","name":"m","version":"1","since":"2026-11-26T00:00:00Z"},"rejected":[]}"""
        );

        Assert.Equal(first, _store.Models.Current!.Sha256);
        Assert.Empty(_store.Models.History);
    }

    /// <summary>Wherever a power cut leaves the folder, a new process finds a model in it that works.</summary>
    [Fact]
    public void Cut_anywhere_there_is_a_model_that_works()
    {
        string first = Add("1.0.0");
        string second = Add("2.0.0");
        string index = Path.Combine(Folder, "models.json");
        byte[] json = File.ReadAllBytes(index);
        for (int length = 0; length <= json.Length; length += 7)
        {
            // The index itself is renamed into place; even if a disk lost its end, the models are found.
            File.WriteAllBytes(index, json[..length]);
            Assert.Equal(
                ((string[])[first, second]).Order(),
                new ModelStore(_state.Path).Candidates().Order()
            );
        }

        File.WriteAllBytes(index, json);
        byte[] third = File.ReadAllBytes(_models.WriteGolden("3.0.0"));
        for (int length = 0; length < third.Length; length += 97)
        {
            // A copy under way lies beside, under a name that counts for nothing.
            File.WriteAllBytes(Path.Combine(Folder, "x.onnx.tmp"), third[..length]);
            File.Delete(Path.Combine(_state.Path, "none.onnx"));
            using LoadedModel model = Start("none.onnx").Model;
            Assert.Equal("2.0.0", model.Name.Version);
        }
    }

    [Fact]
    public void A_damaged_current_copy_leaves_the_one_before()
    {
        Add("1.0.0");
        string second = Add("2.0.0");
        byte[] copy = File.ReadAllBytes(_store.PathOf(second));
        copy[copy.Length / 2] ^= 1;
        File.WriteAllBytes(_store.PathOf(second), copy);

        using LoadedModel model = Start("none.onnx").Model;

        Assert.Equal("1.0.0", model.Name.Version);
    }

    private ModelStart Start(string path) =>
        ModelStart.Open(
            new ModelOptions { Path = Path.Combine(_state.Path, path), Threads = 1 },
            new ModelStore(_state.Path),
            TimeProvider.System
        );

    private string Add(string version)
    {
        ModelContent content = ModelContent.Read(_models.WriteGolden(version));
        _store.Add(content);
        _store.Promote(new StoredModel(content.Sha256, "colour-cells", version, Now));
        return content.Sha256;
    }
}
