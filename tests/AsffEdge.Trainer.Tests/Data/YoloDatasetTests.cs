using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class YoloDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public YoloDatasetTests()
    {
        Directory.CreateDirectory(At("labels"));
        Directory.CreateDirectory(At("images"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Turns_fractions_into_pixels_of_each_picture()
    {
        Picture("b.png", 200, 100);
        Picture("a.png", 80, 60);
        Picture("c.png", 10, 10);
        _folder.Write("labels/a.txt", "1 0.5 0.5 0.25 0.5\n");
        _folder.Write("labels/b.txt", "0 0.5 0.5 1 1\r\n\r\n1 0.1 0.9 0.2 0.2");
        _folder.Write("labels/classes.txt", "car\nperson\n");

        using LabelledDataset dataset = Open(_folder.Path);

        Assert.Equal(["car", "person"], dataset.Labels);
        Assert.Equal(
            ["a.png", "b.png", "c.png"],
            dataset.Annotations.Images.Select(i => i.FileName)
        );
        using Sample first = dataset.Load(0);
        Assert.Equal([new LabelledBox(1, 30, 15, 20, 30)], first.Boxes);
        using Sample second = dataset.Load(1);
        Assert.Equal(
            [new LabelledBox(0, 0, 0, 200, 100), new LabelledBox(1, 0, 80, 40, 20)],
            second.Boxes
        );
        using Sample third = dataset.Load(2);
        Assert.Empty(third.Boxes);
    }

    [Theory]
    [InlineData("path: .\nnames: [car, person]\n")]
    [InlineData("names:\n  1: person\n  0: car\n")]
    public void Takes_names_from_data_yaml_and_numbers_mean_names(string yaml)
    {
        _folder.Write("data.yaml", yaml);
        Directory.CreateDirectory(At("images/train"));
        Directory.CreateDirectory(At("labels/train"));
        Picture("train/a.png", 80, 60);
        _folder.Write("labels/train/a.txt", "1 0.5 0.5 0.5 0.5");

        using LabelledDataset own = Open(At("labels/train"));
        using LabelledDataset turned = Open(At("labels/train"), ["person", "dog", "car"]);

        Assert.Equal(["car", "person"], own.Labels);
        Assert.Equal(1, Assert.Single(own.Annotations.Objects).ClassId);
        // The model's classes in another order, and one more that the data set does not know.
        Assert.Equal(0, Assert.Single(turned.Annotations.Objects).ClassId);
        Assert.Equal([1, null, 0], turned.Annotations.CategoryIds);
    }

    [Fact]
    public void Lists_everything_that_is_wrong_with_file_and_line()
    {
        _folder.Write("classes.txt", "car\nunicorn\n");
        Picture("a.png", 80, 60);
        Picture("a.bmp", 80, 60);
        _folder.Write("images/b.png", "no image");
        _folder.Write("labels/b.txt", "0 0.5 0.5 0.5 0.5");
        _folder.Write("labels/gone.txt", "0 0.5 0.5 0.5 0.5");
        _folder.Write(
            "labels/a.txt",
            """
            0 0.5 0.5 0.5 0.5
            0 0.5 0.5 0.5
            0 0.5 0.5 0.5 0.5 0.9
            car 0.5 0.5 0.5 0.5
            -1 0.5 0.5 0.5 0.5
            2 0.5 0.5 0.5 0.5
            0 0.9 0.5 0.5 0.5
            0 0.5 0.5 0 0.5
            0 0.5 NaN 0.5 0.5
            0 40 30 20 20
            """
        );

        string message = Assert
            .Throws<InvalidDatasetException>(() => Open(_folder.Path, ["car"]))
            .Message;

        string[] expected =
        [
            "classes.txt: 'unicorn' is not a known class; allowed: car",
            "a.png: shares its labels with 'a.bmp'",
            "b.png: image 'b.png' cannot be read as an image",
            "gone.txt: its picture is missing from",
            "a.txt:2: '0 0.5 0.5 0.5' is no object; expected class number, centre x",
            "a.txt:3: '0 0.5 0.5 0.5 0.5 0.9' is no object",
            "a.txt:4: 'car 0.5 0.5 0.5 0.5' is no object",
            "a.txt:5: '-1 0.5 0.5 0.5 0.5' is no object",
            "a.txt:6: class 2 is not known; allowed: 0 to 1",
            "a.txt:7: box 52, 15, 40, 30 (left, top, width, height) is not inside its picture of 80x60",
            "a.txt:8: box 40, 15, 0, 30 (left, top, width, height) is empty",
            "a.txt:9: '0 0.5 NaN 0.5 0.5' is no object",
            "a.txt:10: box 2400, 1200, 1600, 1200",
        ];
        Assert.All(expected, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Contains($": {expected.Length} problems:", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("names: 3\n", "data.yaml:1: 'names' must be there")]
    [InlineData("nc: 3\n", "data.yaml: 'names' must be there")]
    [InlineData("names: {0: a, 2: b}\n", "data.yaml:1: '2' is no class number; allowed: 0 to 1")]
    [InlineData("names: [a, [b]]\n", "data.yaml:1: expected a name")]
    [InlineData("names: [a\n", "cannot be read as YAML")]
    [InlineData("names: [a, a]\n", "class 'a' occurs twice")]
    [InlineData(null, "the classes have no names; expected data.yaml")]
    public void Refuses_names_that_cannot_be_used(string? yaml, string expected)
    {
        Picture("a.png", 8, 6);
        if (yaml is not null)
        {
            _folder.Write("data.yaml", yaml);
        }

        Assert.Contains(
            expected,
            Assert.Throws<InvalidDatasetException>(() => Open(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Says_where_pictures_and_labels_are_looked_for()
    {
        string absent = At("absent");
        string elsewhere = Directory.CreateDirectory(At("elsewhere")).FullName;

        Assert.Contains(
            $"{absent}: no such folder",
            Assert.Throws<InvalidDatasetException>(() => Open(absent)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"{elsewhere}: no folder 'labels' in it",
            Assert.Throws<InvalidDatasetException>(() => Open(elsewhere)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_a_video_as_the_pictures()
    {
        string video = _folder.WriteVideo("clip.avi", 1);

        Assert.Contains(
            $"{video}: not a folder",
            Assert
                .Throws<InvalidDatasetException>(() =>
                    LabelledDataset.Open(_folder.Path, video, ["car"], DataFormat.Yolo)
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    private static LabelledDataset Open(string path, IReadOnlyList<string>? labels = null) =>
        LabelledDataset.Open(path, null, labels, DataFormat.Yolo);

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Picture(string name, int width, int height) =>
        _folder.WriteImage($"images/{name}", width, height, Scalar.All(0));
}
