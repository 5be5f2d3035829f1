using AsffEdge.Detection;
using AsffEdge.Trainer.Commands;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary><c>asff-train golden</c> over the model of this repository and a picture with people in it.</summary>
public sealed class GoldenCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-golden-").FullName;
    private readonly string _model;
    private readonly string _people = Path.Combine(Repository.Root, "docs", "images", "demo.jpg");

    public GoldenCommandTests()
    {
        _model = Path.Combine(_folder, "model.onnx");
        File.Copy(Path.Combine(Repository.Root, "models", "pedestrian.onnx"), _model);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Another_picture_takes_the_place_of_the_one_before_and_the_graph_stays()
    {
        ModelContent before = ModelContent.Read(_model);

        Assert.Equal((0, ""), Invoke(_model, "--image", _people, "--sizes", "512"));

        ModelContent after = ModelContent.Read(_model);
        Assert.True(after.IsSealed);
        GoldenSize size = Assert.Single(after.Golden!.Sizes);
        Assert.Equal((512, "demo.jpg"), (size.Size, after.Golden.Source));
        Assert.InRange(after.Golden.Picture.Length, 1, 30_000);
        Assert.Equal(before.Manifest.ToJson(), after.Manifest.ToJson());
        Assert.Equal(Outputs(before.Path), Outputs(_model));
        using Detector detector = Detector.Open(_model, new DetectorOptions { Threads = 1 });
        Assert.Equal(0, Assert.Single(ModelCheck.Run(detector, [])).ScoreError);
    }

    [Fact]
    public void A_picture_that_does_not_do_leaves_the_file_as_it_was()
    {
        string black = Path.Combine(_folder, "black.png");
        using (Mat picture = new(240, 320, MatType.CV_8UC3, Scalar.Black))
        {
            picture.SaveImage(black);
        }

        string text = Path.Combine(_folder, "text.jpg");
        File.WriteAllText(text, "no picture");
        byte[] before = File.ReadAllBytes(_model);
        (string Image, int Code, string Word)[] cases =
        [
            (black, 1, "checks nothing"),
            (text, 1, "cannot be read as an image"),
            (Path.Combine(_folder, "none.jpg"), 1, "no such file"),
            (_people + "#7", 1, "has no frame 7"),
        ];
        foreach ((string image, int code, string word) in cases)
        {
            (int actual, string errors) = Invoke(_model, "--image", image);
            Assert.True(code == actual, errors);
            Assert.Contains(word, errors, StringComparison.Ordinal);
        }

        Assert.Equal(2, Invoke(_model, "--image", _people, "--sizes", "330").Code);
        Assert.Equal(before, File.ReadAllBytes(_model));
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    private static float[] Outputs(string path)
    {
        using Detector detector = Detector.Open(path, new DetectorOptions { Threads = 1 });
        detector.RunTensor([.. Enumerable.Repeat(0.25f, 3 * 320 * 320)], 320);
        return detector.HeadMap(0).ToArray();
    }

    private static (int Code, string Errors) Invoke(params string[] arguments)
    {
        var errors = new StringWriter();
        int code = GoldenCommand
            .Create()
            .Parse(arguments)
            .Invoke(new() { Error = errors, Output = TextWriter.Null });
        return (code, errors.ToString());
    }
}
