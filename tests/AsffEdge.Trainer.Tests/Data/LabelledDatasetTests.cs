using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class LabelledDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Loads_pictures_with_their_boxes_and_keeps_crowds_out()
    {
        _folder.WriteImage("a.png", 80, 60, new Scalar(10, 20, 30));
        _folder.WriteImage("b.png", 40, 30, Scalar.All(0));
        string json = _folder.Write(
            "labels.json",
            """
            {"info": {"year": 2020}, "licenses": [],
             "images": [{"id": 7, "file_name": "a.png", "width": 80, "height": 60, "license": 3},
                        {"id": 9, "file_name": "b.png", "width": 40, "height": 30}],
             "categories": [{"id": 44, "name": "car", "supercategory": "vehicle"}, {"id": 3, "name": "person"}],
             "annotations": [
               {"id": 1, "image_id": 7, "category_id": 44, "bbox": [1, 2, 30, 40], "area": 900.5, "iscrowd": 0, "segmentation": [[1, 2]]},
               {"id": 2, "image_id": 7, "category_id": 3, "bbox": [0, 0, 80, 60], "area": 4800, "iscrowd": 1},
               {"id": 3, "image_id": 7, "category_id": 3, "bbox": [70, 50, 10.5, 10.25]}]}
            """
        );

        using LabelledDataset dataset = LabelledDataset.Open(json, _folder.Path);

        Assert.Equal(2, dataset.Count);
        Assert.Equal(["person", "car"], dataset.Labels);
        using Sample first = dataset.Load(0);
        Assert.Equal("a.png", first.Name);
        Assert.Equal(new Vec3b(10, 20, 30), first.Image.At<Vec3b>(59, 79));
        Assert.Equal(
            [new LabelledBox(1, 1, 2, 30, 40), new LabelledBox(0, 70, 50, 10, 10)],
            first.Boxes
        );
        Assert.Equal([1, 2, 3], dataset.Annotations.Of(7).Select(annotation => annotation.Id));
        using Sample second = dataset.Load(1);
        Assert.Empty(second.Boxes);
    }

    [Theory]
    [InlineData(VideoFrames.RawBudget)]
    [InlineData(0)] // kept as JPEG
    public void Finds_frames_of_a_video_by_number(long rawBudget)
    {
        string video = _folder.WriteVideo("clip.avi", 6);

        using VideoFrames frames = VideoFrames.Decode(
            video,
            new HashSet<int> { 2, 5, 7 },
            rawBudget
        );

        Assert.False(frames.Contains(1));
        Assert.False(frames.Contains(7));
        foreach (int number in (int[])[2, 5])
        {
            using Mat frame = frames.Load(number);
            Assert.Equal(new Size(96, 64), frame.Size());
            Assert.InRange(Cv2.Mean(frame).Val1, 20 * number - 3, 20 * number + 3);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("clip.avi")]
    public void Takes_a_video_or_the_folder_with_it_as_the_source(string source)
    {
        _folder.WriteVideo("clip.avi", 4);
        string json = _folder.Write(
            "labels.json",
            """
            {"images": [{"id": 1, "file_name": "clip.avi#000003", "width": 96, "height": 64}],
             "categories": [{"id": 1, "name": "person"}], "annotations": []}
            """
        );

        using LabelledDataset dataset = LabelledDataset.Open(
            json,
            Path.Combine(_folder.Path, source)
        );

        using Sample sample = dataset.Load(0);
        Assert.InRange(Cv2.Mean(sample.Image).Val0, 57, 63);
    }

    [Fact]
    public void Lists_everything_that_is_wrong_at_once()
    {
        _folder.WriteVideo("clip.avi", 2);
        string json = _folder.Write(
            "labels.json",
            """
            {"images": [{"id": 1, "file_name": "gone.png", "width": 80, "height": 60},
                        {"id": 1, "file_name": "clip.avi#000009", "width": 96, "height": 64}],
             "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "unicorn"}],
             "annotations": [
               {"id": 5, "image_id": 1, "category_id": 1, "bbox": [70, 10, 20, 20]},
               {"id": 5, "image_id": 1, "category_id": 8, "bbox": [1, 1, 2]},
               {"id": 6, "image_id": 3, "category_id": 1, "bbox": [1, 1, 2, 2]}]}
            """
        );

        string message = Assert
            .Throws<DatasetException>(() => LabelledDataset.Open(json, _folder.Path, ["person"]))
            .Message;

        string[] expected =
        [
            json,
            "image 'gone.png' is missing",
            "frame 9 is not in the video",
            "image id 1 occurs twice",
            "'unicorn' is not a known class; allowed: person",
            "annotation id 5 occurs twice",
            "70, 10, 20, 20",
            "is of category 8; allowed: 1, 2",
            "bbox must hold 4",
            "is of image 3",
        ];
        Assert.All(expected, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"images": [{"id": 1}], "categories": [], "annotations": []}""")]
    [InlineData("""{"images": null}""")]
    [InlineData("""{"images": [null], "categories": [], "annotations": []}""")]
    [InlineData("""{"images": [], "categories": [{"id": 1, "name": null}], "annotations": []}""")]
    [InlineData(
        """{"images": [{"id": 1, "file_name": "a.png", "width": 0, "height": 6}], "categories": [], "annotations": []}"""
    )]
    [InlineData(
        """{"images": [], "categories": [], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": null}]}"""
    )]
    [InlineData("""{"images": [], "categories": [], "annotations": []}""")]
    public void Names_the_file_when_it_is_not_an_annotation_file(string text)
    {
        string json = _folder.Write("labels.json", text);

        Assert.Contains(
            json,
            Assert.Throws<DatasetException>(() => LabelledDataset.Open(json, _folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Names_missing_files()
    {
        string json = _folder.Write(
            "labels.json",
            """{"images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 6}], "categories": [], "annotations": []}"""
        );

        Assert.Contains(
            "absent.json",
            Failure("absent.json", _folder.Path),
            StringComparison.Ordinal
        );
        Assert.Contains("absent-folder", Failure(json, "absent-folder"), StringComparison.Ordinal);
        Assert.Contains(
            "labels.json: cannot be opened as a video",
            VideoFailure(json),
            StringComparison.Ordinal
        );

        static string Failure(string annotations, string images) =>
            Assert
                .Throws<DatasetException>(() => LabelledDataset.Open(annotations, images))
                .Message;

        static string VideoFailure(string file) =>
            Assert
                .Throws<DatasetException>(() => VideoFrames.Decode(file, new HashSet<int> { 1 }))
                .Message;
    }

    [Fact]
    public void Says_when_a_picture_has_another_size_than_its_annotations()
    {
        _folder.WriteImage("a.png", 80, 60, Scalar.All(0));
        string json = _folder.Write(
            "labels.json",
            """{"images": [{"id": 1, "file_name": "a.png", "width": 60, "height": 80}], "categories": [], "annotations": []}"""
        );
        using LabelledDataset dataset = LabelledDataset.Open(json, _folder.Path);

        Assert.Contains(
            "80x60",
            Assert.Throws<DatasetException>(() => dataset.Load(0)).Message,
            StringComparison.Ordinal
        );
    }
}
