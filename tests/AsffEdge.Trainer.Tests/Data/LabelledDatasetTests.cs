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
        Assert.Equal([false, true, false], dataset.Annotations.Of(7).Select(box => box.IsCrowd));
        // Evaluation compares with what the file says: the outline's area, and the box where it sticks out.
        Assert.Equal(
            [900.5, 4800, 10.5 * 10.25],
            dataset.Annotations.Of(7).Select(box => box.Area)
        );
        Assert.Equal([3, 44], dataset.Annotations.CategoryIds);
        using Sample second = dataset.Load(1);
        Assert.Empty(second.Boxes);
    }

    [Fact]
    public void Takes_the_upright_box_around_one_that_was_turned()
    {
        _folder.WriteImage("a.png", 80, 60, Scalar.All(0));
        string json = _folder.Write(
            "labels.json",
            """
            {"images": [{"id": 1, "file_name": "a.png", "width": 80, "height": 60}],
             "categories": [{"id": 1, "name": "car"}],
             "annotations": [
               {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 10], "area": 300, "segmentation": [], "attributes": {"occluded": false, "rotation": 90.0}},
               {"id": 2, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 10], "segmentation": [[1, 2]], "attributes": {"rotation": 90.0}},
               {"id": 3, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 10], "attributes": {"rotation": "left", "tags": [{"rotation": 90}]}},
               {"id": 4, "image_id": 1, "category_id": 1, "bbox": [60, 20, 20, 20], "attributes": {"rotation": 45}}]}
            """
        );

        using LabelledDataset dataset = LabelledDataset.Open(json, _folder.Path);

        double half = 10 * Math.Sqrt(2);
        Assert.Equal(
            [
                [20, 10, 10, 30],
                [10, 20, 30, 10],
                [10, 20, 30, 10],
                // Cut at the picture's right edge.
                [
                    Math.Round(70 - half, 9),
                    Math.Round(30 - half, 9),
                    Math.Round(10 + half, 9),
                    Math.Round(2 * half, 9),
                ],
            ],
            dataset
                .Annotations.Of(1)
                .Select(box => new[] { box.Left, box.Top, box.Width, box.Height })
                .Select(sides => sides.Select(side => Math.Round(side, 9)))
        );
        // The object's own, as it was drawn.
        Assert.Equal([300, 300, 300, 400], dataset.Annotations.Of(1).Select(box => box.Area));
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
               {"id": 6, "image_id": 3, "category_id": 1, "bbox": [1, 1, 2, 2]},
               {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 1, -2, 2]}]}
            """
        );

        string message = Refusal(() => LabelledDataset.Open(json, _folder.Path, ["person"]));

        string[] expected =
        [
            $"{json}: 10 problems:",
            $"{json}:1: image 'gone.png' is missing",
            $"{json}:2: frame 9 is not in the video",
            $"{json}:2: image id 1 occurs twice",
            $"{json}:3: 'unicorn' is not a known class; allowed: person",
            $"{json}:5: annotation 5: box 70, 10, 20, 20 (left, top, width, height) is not inside its picture of 80x60",
            $"{json}:6: annotation id 5 occurs twice",
            $"{json}:6: annotation 5 is of category 8; allowed: 1, 2",
            $"{json}:6: annotation 5: bbox holds 3 numbers; it must hold 4",
            $"{json}:7: annotation 6: is of image 3, which is not among the images",
            $"{json}:8: annotation 7: box 1, 1, -2, 2 (left, top, width, height) is empty",
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
            Refusal(() => LabelledDataset.Open(json, _folder.Path)),
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
            Refusal(() => LabelledDataset.Open(annotations, images));

        static string VideoFailure(string file) =>
            Refusal(() => VideoFrames.Decode(file, new HashSet<int> { 1 }));
    }

    [Fact]
    public void Says_when_a_picture_has_another_size_than_its_annotations_or_is_none()
    {
        _folder.WriteImage("a.png", 80, 60, Scalar.All(0));
        _folder.Write("b.png", "no image");
        string json = _folder.Write(
            "labels.json",
            """
            {"images": [
               {"id": 1, "file_name": "a.png", "width": 60, "height": 80},
               {"id": 2, "file_name": "b.png", "width": 60, "height": 80},
               {"id": 3, "file_name": "b.png", "width": 60, "height": 80}], "categories": [], "annotations": []}
            """
        );

        string message = Refusal(() => LabelledDataset.Open(json, _folder.Path));

        Assert.Contains(
            $"{json}:2: image 'a.png' has 80x60 pixels, but its annotations are for 60x80",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"{json}:3: image 'b.png' cannot be read as an image",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains($"{json}:4: image 'b.png' occurs twice", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spells_out_fifty_problems_and_counts_the_rest()
    {
        string images = string.Join(
            ",\n",
            Enumerable
                .Range(1, 60)
                .Select(id =>
                    $$"""{"id": {{id}}, "file_name": "{{id}}.png", "width": 8, "height": 6}"""
                )
        );
        string json = _folder.Write(
            "labels.json",
            $$"""{"images": [{{images}}], "categories": [], "annotations": []}"""
        );

        string message = Refusal(() => LabelledDataset.Open(json, _folder.Path));

        Assert.Contains($"{json}:50: image '50.png' is missing", message, StringComparison.Ordinal);
        Assert.DoesNotContain("'51.png'", message, StringComparison.Ordinal);
        Assert.EndsWith("… and 10 more", message, StringComparison.Ordinal);
    }

    // COCO's own training set has such boxes.
    [Fact]
    public void Takes_boxes_without_area_and_boxes_out_by_rounding_but_trains_only_on_what_is_inside()
    {
        _folder.WriteImage("a.png", 80, 60, Scalar.All(0));
        string json = _folder.Write(
            "labels.json",
            """
            {"images": [{"id": 1, "file_name": "a.png", "width": 80, "height": 60}],
             "categories": [{"id": 1, "name": "person"}],
             "annotations": [
               {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 5, 0]},
               {"id": 2, "image_id": 1, "category_id": 1, "bbox": [-0.75, 10, 20, 20]},
               {"id": 3, "image_id": 1, "category_id": 1, "bbox": [60, 40, 21, 20.5]}]}
            """
        );

        using LabelledDataset dataset = LabelledDataset.Open(json, _folder.Path);

        using Sample sample = dataset.Load(0);
        Assert.Equal(
            [new LabelledBox(0, 0, 10, 19.25f, 20), new LabelledBox(0, 60, 40, 20, 20)],
            sample.Boxes
        );
        Assert.Equal(3, dataset.Annotations.Objects.Count);
        Assert.Equal(-0.75, dataset.Annotations.Objects[1].Left);
    }

    [Theory]
    [InlineData(1, 40, 30)]
    [InlineData(6, 30, 40)]
    public void A_picture_that_is_turned_on_loading_has_the_size_it_is_turned_to(
        byte orientation,
        int width,
        int height
    )
    {
        using var image = new Mat(30, 40, MatType.CV_8UC3, Scalar.All(99));
        Cv2.ImEncode(".jpg", image, out byte[] jpeg);
        // An EXIF segment with one entry, orientation (0x0112), right after the start marker.
        byte[] exif =
        [
            .. (byte[])[0xFF, 0xE1, 0, 34],
            .. "Exif\0\0II*\0"u8,
            .. (byte[])
                [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0],
        ];
        File.WriteAllBytes(
            Path.Combine(_folder.Path, "a.jpg"),
            [.. jpeg[..2], .. exif, .. jpeg[2..]]
        );
        string json = _folder.Write(
            "labels.json",
            $$"""{"images": [{"id": 1, "file_name": "a.jpg", "width": {{width}}, "height": {{height}}}], "categories": [], "annotations": []}"""
        );

        using LabelledDataset dataset = LabelledDataset.Open(json, _folder.Path);

        using Sample sample = dataset.Load(0);
        Assert.Equal(new Size(width, height), sample.Image.Size());
    }

    [Theory]
    [InlineData(".tif")]
    [InlineData(".webp")]
    [InlineData(".bmp")]
    public void Knows_the_size_of_other_kinds_of_pictures(string type)
    {
        _folder.WriteImage($"a{type}", 33, 21, Scalar.All(77));

        Assert.Equal(new Size(33, 21), PictureSize.Read(Path.Combine(_folder.Path, $"a{type}")));
    }

    private static string Refusal(Action open) =>
        Assert.Throws<InvalidDatasetException>(open).Message;
}
