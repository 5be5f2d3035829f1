using System.Text;
using AsffEdge.Trainer.Data;
using FsCheck;
using FsCheck.Fluent;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class ParserTests : IDisposable
{
    private const string Json = """
        {"images": [{"id": 1, "file_name": "a.png", "width": 80, "height": 60}],
         "categories": [{"id": 1, "name": "person"}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "area": 9.5, "iscrowd": 0}]}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_frame_of_a_video_has_one_name()
    {
        Prop.ForAll(
                Gen.Choose(1, int.MaxValue).ToArbitrary(),
                frame =>
                    ImageReference.Parse(new ImageReference("clip #1.avi", frame).ToString())
                    == new ImageReference("clip #1.avi", frame)
            )
            .Check(Config.QuickThrowOnFailure);
        Assert.Equal(new ImageReference("clip.avi", 123), ImageReference.Parse("clip.avi#000123"));
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("#000001")]
    [InlineData("a#b.png")]
    [InlineData("clip.avi#0")]
    [InlineData("clip.avi#-1")]
    [InlineData("clip.avi#99999999999")]
    [InlineData("12345")]
    public void Other_names_are_files(string name)
    {
        Assert.Equal(new ImageReference(name, 0), ImageReference.Parse(name));
    }

    [Fact]
    public void Damaged_annotations_are_read_or_refused_with_the_files_name()
    {
        _folder.WriteImage("a.png", 80, 60, Scalar.All(0));
        CheckDamaged("labels.json", Json, file => (object)Open(file, DataFormat.Coco));
    }

    [Fact]
    public void Damaged_voc_annotations_are_read_or_refused_with_the_files_name()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "Annotations"));
        _folder.WriteImage("a.png", 80, 60, Scalar.All(0));
        CheckDamaged(
            "Annotations/a.xml",
            """
            <annotation><filename>a.png</filename><size><width>80</width><height>60</height></size>
            <object><name>person</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>
            """,
            _ => (object)Open(_folder.Path, DataFormat.Voc)
        );
    }

    [Fact]
    public void Damaged_yolo_labels_are_read_or_refused_with_the_files_name()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "labels"));
        _folder.WriteImage("a.png", 80, 60, Scalar.All(0));
        CheckDamaged(
            "labels/a.txt",
            "0 0.5 0.5 0.25 0.5\n0 0.1 0.9 0.05 0.05\n",
            _ => (object)Open(_folder.Path, DataFormat.Yolo)
        );
    }

    [Fact]
    public void Damaged_tables_are_read_or_refused_with_the_files_name()
    {
        CheckDamaged(
            "table.txt",
            "1,-1,649.441,231.502,44.417,86.13,0.995474,-1,-1,-1\n",
            MotTable.Read
        );
    }

    // What is read is as it must be: objects of known classes, of some size, within their picture.
    private int Open(string path, DataFormat format)
    {
        using LabelledDataset dataset = LabelledDataset.Open(
            path,
            _folder.Path,
            ["person"],
            format
        );
        using Sample sample = dataset.Load(0);
        Assert.All(
            sample.Boxes,
            box =>
            {
                Assert.Equal(0, box.ClassId);
                Assert.True(box is { Width: > 0, Height: > 0, Left: >= 0, Top: >= 0 });
                Assert.True(box.Right <= 80.001f && box.Bottom <= 60.001f);
            }
        );
        return sample.Boxes.Length;
    }

    // One to three bytes changed, removed or inserted, at every kind of place.
    private void CheckDamaged(string name, string text, Func<string, object> read)
    {
        var random = new AsffEdge.Trainer.Augmentation.SampleRandom(11);
        string file = Path.Combine(_folder.Path, name);
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            List<byte> bytes = [.. Encoding.UTF8.GetBytes(text)];
            for (int change = random.Below(3); change >= 0; change--)
            {
                int place = random.Below(bytes.Count);
                switch (random.Below(3))
                {
                    case 0:
                        bytes[place] = (byte)random.NextBits();
                        break;
                    case 1:
                        bytes.RemoveAt(place);
                        break;
                    default:
                        bytes.Insert(place, (byte)"0,-.]}e\"n"[random.Below(9)]);
                        break;
                }
            }

            File.WriteAllBytes(file, [.. bytes]);
            try
            {
                read(file);
            }
            catch (DatasetException error)
            {
                refused++;
                Assert.Contains(file, error.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(refused, 30, 299);
    }
}
