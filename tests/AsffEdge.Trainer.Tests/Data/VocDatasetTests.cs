using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class VocDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public VocDatasetTests()
    {
        Directory.CreateDirectory(At("Annotations"));
        Directory.CreateDirectory(At("JPEGImages"));
        Directory.CreateDirectory(At("ImageSets/Main"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Counts_pixels_from_one_and_keeps_difficult_objects_out_of_training()
    {
        Write(
            "000001",
            """
            <object><name>person</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>80</xmax><ymax>60</ymax></bndbox>
              <part><name>head</name><bndbox><xmin>200</xmin><ymin>1</ymin><xmax>300</xmax><ymax>2</ymax></bndbox></part></object>
            <object><name>dog</name><pose>Left</pose><difficult>1</difficult><bndbox><ymax>30.5</ymax><xmax>20</xmax><ymin>11</ymin><xmin>11</xmin></bndbox></object>
            """
        );
        Write("000002", "");

        using LabelledDataset dataset = Open();

        Assert.Equal(["dog", "person"], dataset.Labels);
        Assert.Equal(2, dataset.Count);
        using Sample first = dataset.Load(0);
        Assert.Equal([new LabelledBox(1, 0, 1, 80, 59)], first.Boxes);
        Assert.Equal("000001.png", first.Name);
        Assert.Equal(
            [(1, false, 80.0 * 59), (0, true, 10 * 20.5)],
            dataset.Annotations.Of(1).Select(box => (box.ClassId, box.IsDifficult, box.Area))
        );
        using Sample second = dataset.Load(1);
        Assert.Empty(second.Boxes);
    }

    /// <summary>With the elements that CVAT's export has.</summary>
    [Fact]
    public void Takes_the_upright_box_around_one_that_was_turned()
    {
        Write(
            "000001",
            """
            <object><name>dog</name><truncated>0</truncated><occluded>0</occluded><difficult>0</difficult>
              <bndbox><xmin>11</xmin><ymin>21</ymin><xmax>40</xmax><ymax>30</ymax></bndbox>
              <attributes><attribute><name>colour</name><value>red</value></attribute><attribute><name>rotation</name><value>270.0</value></attribute></attributes></object>
            <object><name>dog</name>
              <bndbox><xmin>11</xmin><ymin>21</ymin><xmax>40</xmax><ymax>30</ymax></bndbox>
              <attributes><attribute><name>rotation</name><value>0.0</value></attribute></attributes></object>
            """
        );

        using LabelledDataset dataset = Open();

        Assert.Equal(
            [(20, 10, 10, 30, 300), (10, 20, 30, 10, 300)],
            dataset
                .Annotations.Of(1)
                .Select(box =>
                    (
                        Math.Round(box.Left, 9),
                        Math.Round(box.Top, 9),
                        Math.Round(box.Width, 9),
                        Math.Round(box.Height, 9),
                        box.Area
                    )
                )
        );
    }

    [Fact]
    public void A_list_chooses_the_pictures()
    {
        Write("000001", "");
        Write("000002", "");
        Write("000003", "");
        // The lists of one class have a second column.
        string list = _folder.Write("ImageSets/Main/dog_val.txt", "000003  1\n\n000001 -1\n");

        using LabelledDataset dataset = LabelledDataset.Open(list, null, ["dog"], DataFormat.Voc);

        Assert.Equal(
            ["000003.png", "000001.png"],
            dataset.Annotations.Images.Select(image => image.FileName)
        );
    }

    [Fact]
    public void Lists_everything_that_is_wrong_with_file_and_line()
    {
        Write(
            "a",
            """
            <object><name>unicorn</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>
            <object><name>dog</name><bndbox><xmin>70</xmin><ymin>1</ymin><xmax>90</xmax><ymax>9</ymax></bndbox></object>
            <object><name>dog</name><bndbox><xmin>20</xmin><ymin>1</ymin><xmax>10</xmax><ymax>9</ymax></bndbox></object>
            <object><name>dog</name><bndbox><xmin>x</xmin><ymin>1</ymin><xmax>10</xmax><ymax>9</ymax></bndbox></object>
            <object><name>dog</name><difficult>maybe</difficult><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>
            <object><name> </name></object>
            <object><name>dog</name></object>
            """
        );
        Write("b", "", fileName: "a.png");
        Write("c", "", fileName: "gone.png");
        Write("d", "", width: "none");
        Write("e", "", fileName: "");
        _folder.Write("Annotations/f.xml", "<annotation>\n<filename>");
        _folder.Write("Annotations/g.xml", "<note/>");
        Write("h", "", width: "81");

        string message = Refusal(() => Open("dog"));

        string[] expected =
        [
            $"{_folder.Path}: 14 problems:",
            "a.xml:4: 'unicorn' is not a known class; allowed: dog",
            "a.xml:5: 'dog': box 69, 0, 21, 9 (left, top, width, height) is not inside its picture of 80x60",
            "a.xml:6: 'dog': box 19, 0, -9, 9 (left, top, width, height) is empty",
            "a.xml:7: 'dog': bndbox must hold the finite numbers",
            "a.xml:8: difficult is 'maybe'; allowed: 0, 1",
            "a.xml:9: the object has no name",
            "a.xml:10: 'dog': bndbox must hold the finite numbers",
            "b.xml:2: image 'a.png' occurs twice",
            "c.xml:2: image 'gone.png' is missing",
            "d.xml:3: size is 'none60'; allowed: width and height in whole pixels",
            "e.xml:1: filename is missing",
            "f.xml:2: cannot be read as XML",
            "g.xml:1: is 'note'; expected 'annotation'",
            "h.xml:2: image 'h.png' has 80x60 pixels, but its annotations are for 81x60",
        ];
        Assert.All(expected, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_the_line_of_a_list_that_leads_nowhere()
    {
        Write("000001", "");
        string list = _folder.Write("ImageSets/Main/train.txt", "000001\n000009\n000001\n");

        string message = Refusal(() => LabelledDataset.Open(list, null, null, DataFormat.Voc));

        Assert.Contains(
            $"{list}:2: '000009' has no annotations",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains($"{list}:3: '000001' is listed twice", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_folder_that_is_none_of_voc_and_one_without_pictures()
    {
        string elsewhere = Directory.CreateDirectory(At("elsewhere")).FullName;

        Assert.Contains(
            $"{elsewhere}: not a VOC data set; expected a folder with 'Annotations'",
            Refusal(() => LabelledDataset.Open(elsewhere, null, null, DataFormat.Voc)),
            StringComparison.Ordinal
        );
        Assert.Contains("there are no images", Refusal(() => Open()), StringComparison.Ordinal);
    }

    // A document type could read other files or grow to any size.
    [Fact]
    public void Refuses_document_types()
    {
        _folder.Write(
            "Annotations/a.xml",
            """
            <!DOCTYPE annotation [<!ENTITY e SYSTEM "file:///etc/hostname">]>
            <annotation><filename>&e;</filename></annotation>
            """
        );

        Assert.Matches(@"a\.xml: cannot be read as XML \(.*DTD", Refusal(() => Open()));
    }

    private static string Refusal(Action open) =>
        Assert.Throws<InvalidDatasetException>(open).Message;

    private LabelledDataset Open(params string[] labels) =>
        LabelledDataset.Open(_folder.Path, null, labels.Length > 0 ? labels : null, DataFormat.Voc);

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Write(string name, string objects, string? fileName = null, string width = "80")
    {
        if (fileName is null)
        {
            _folder.WriteImage($"JPEGImages/{name}.png", 80, 60, Scalar.All(0));
        }

        _folder.Write(
            $"Annotations/{name}.xml",
            $"""
            <annotation>
            <filename>{fileName ?? $"{name}.png"}</filename>
            <size><width>{width}</width><height>60</height></size>
            {objects}
            </annotation>
            """
        );
    }
}
