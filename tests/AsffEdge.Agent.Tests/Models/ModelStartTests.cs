using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;

namespace AsffEdge.Agent.Tests.Models;

public sealed class ModelStartTests : IDisposable
{
    private readonly ColourCells _models = new();
    private readonly TemporaryFolder _state = new();
    private readonly string _path;

    public ModelStartTests() => _path = Path.Combine(_models.Folder, "configured.onnx");

    public void Dispose()
    {
        _models.Dispose();
        _state.Dispose();
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("folder", "is a folder")]
    [InlineData("empty", "is empty")]
    [InlineData("text", "expected an ONNX file")]
    [InlineData("short", "expected an ONNX file")]
    [InlineData("flipped", "is damaged")]
    [InlineData("sha256", "has the SHA-256")]
    [InlineData("golden", "its golden picture at size 320")]
    [InlineData("labels", "output 'coarse'")]
    public void With_a_bad_file_it_goes_on_with_the_last_good_one_and_says_why(
        string kind,
        string why
    )
    {
        Configure("1.0.0");
        Start().Model.Dispose();
        string? sha256 = kind == "sha256" ? new string('0', 64) : null;
        Spoil(kind);

        ModelStart start = Start(sha256);
        using LoadedModel model = start.Model;

        Assert.Equal("1.0.0", model.Name.Version);
        Assert.Contains(_path, start.Problem, StringComparison.Ordinal);
        Assert.Contains(why, start.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", ModelFault.Missing)]
    [InlineData("short", ModelFault.Truncated)]
    [InlineData("golden", ModelFault.WrongDetections)]
    public void Without_a_good_one_it_does_not_start_and_leaves_nothing_behind(
        string kind,
        ModelFault fault
    )
    {
        Configure("1.0.0");
        Spoil(kind);

        ModelException error = Assert.Throws<ModelException>(() => Start());

        Assert.Equal(fault, error.Fault);
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.False(ModelStore.HasModel(_state.Path));
    }

    [Fact]
    public void Without_a_place_to_keep_a_copy_it_starts_and_says_so()
    {
        Configure("1.0.0");
        File.WriteAllText(Path.Combine(_state.Path, "models"), "a file where the folder should be");

        ModelStart start = Start();
        using LoadedModel model = start.Model;

        Assert.Null(start.Problem);
        Assert.NotNull(start.StoreProblem);
    }

    [Fact]
    public void A_file_that_was_taken_back_is_not_started_with_again()
    {
        Configure("1.0.0");
        Start().Model.Dispose();
        Configure("2.0.0");
        Start().Model.Dispose();
        string sha256 = ModelContent.Read(_path).Sha256;
        new ModelStore(_state.Path).Update(models =>
            models.TakenBack(sha256, "the inference of 3 frames failed")
        );

        ModelStart start = Start();
        using LoadedModel model = start.Model;

        Assert.Equal("1.0.0", model.Name.Version);
        Assert.Contains("was taken back", start.Problem, StringComparison.Ordinal);
        Assert.Contains("model.reload", start.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_is_missing_is_passed_over_and_told()
    {
        Configure("1.0.0");
        ModelStart start = ModelStart.Open(
            new ModelOptions
            {
                Path = _path,
                Threads = 1,
                Providers = ["cuda", "cpu"],
            },
            new ModelStore(_state.Path),
            TimeProvider.System
        );
        using LoadedModel model = start.Model;

        Assert.Equal("cpu", model.Name.Provider);
        Assert.Contains(
            "cuda: not in this build",
            ActiveModel.ProviderProblemOf(model),
            StringComparison.Ordinal
        );
    }

    private ModelStart Start(string? sha256 = null) =>
        ModelStart.Open(
            new ModelOptions
            {
                Path = _path,
                Threads = 1,
                Sha256 = sha256,
            },
            new ModelStore(_state.Path),
            TimeProvider.System
        );

    private void Configure(string version) =>
        File.Copy(_models.WriteGolden(version), _path, overwrite: true);

    private void Spoil(string kind)
    {
        byte[] good = File.ReadAllBytes(_path);
        switch (kind)
        {
            case "missing":
                File.Delete(_path);
                break;
            case "folder":
                File.Delete(_path);
                Directory.CreateDirectory(_path);
                break;
            case "empty":
                File.WriteAllBytes(_path, []);
                break;
            case "text":
                File.WriteAllText(_path, "this is no model");
                break;
            case "short":
                File.WriteAllBytes(_path, good[..^100]);
                break;
            case "flipped":
                good[good.Length / 2] ^= 4;
                File.WriteAllBytes(_path, good);
                break;
            case "golden":
                string golden = ModelContent.Read(_path).Golden!.ToJson();
                ColourCells.Reseal(
                    _path,
                    new()
                    {
                        [GoldenPicture.MetadataKey] = golden.Replace(
                            "\"class_id\":0",
                            "\"class_id\":1",
                            StringComparison.Ordinal
                        ),
                    }
                );
                break;
            case "labels":
                string other = _models.Write(json => json["labels"]!.AsArray().Add("yellow"));
                File.Copy(other, _path, overwrite: true);
                break;
            default:
                break;
        }
    }
}
