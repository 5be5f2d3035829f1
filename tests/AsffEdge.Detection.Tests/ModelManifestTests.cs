using System.Text;
using System.Text.Json.Nodes;

namespace AsffEdge.Detection.Tests;

public sealed class ModelManifestTests
{
    [Fact]
    public void What_is_written_reads_back()
    {
        ModelManifest manifest = ColourCells.Manifest with
        {
            Training = new JsonObject { ["steps"] = 12 },
        };

        ModelManifest read = ModelManifest.Parse(manifest.ToJson());

        Assert.Equivalent(
            manifest with
            {
                Training = null,
            },
            read with
            {
                Training = null,
            },
            strict: true
        );
        Assert.Equal(12, (int)read.Training!["steps"]!);
        Assert.Equal(manifest.ToJson(), read.ToJson());
    }

    [Fact]
    public void Keys_are_snake_case_and_others_are_overlooked()
    {
        const string Json = """
            {
              "format": 1, "name": "n", "version": "v", "decoder": "yolov3", "labels": ["person"], "later": {},
              "heads": [{ "output": "p0", "stride": 32, "predictions": 4, "bases": [[116, 90]] }],
              "input": {
                "name": "images", "color": "rgb", "resize": "stretch", "mean": [0, 0, 0], "std": [1, 1, 1],
                "min_size": 320, "max_size": 640, "size_step": 32, "default_size": 416
              },
              "thresholds": { "score": 0.4, "nms": 0.6 }
            }
            """;

        ModelManifest manifest = ModelManifest.Parse(Json);

        Assert.Equal(
            ("p0", 32, 4),
            (manifest.Heads[0].Output, manifest.Heads[0].Stride, manifest.Heads[0].Predictions)
        );
        Assert.Equal("multiples of 32 from 320 to 640", manifest.Input.DescribeSizes());
        Assert.Equal(
            [320, 608, 640],
            ((int[])[0, 319, 320, 321, 608, 640, 672]).Where(manifest.Input.Allows)
        );
    }

    [Fact]
    public void Every_key_but_the_training_must_be_there()
    {
        foreach (
            (string parent, string[] keys) in new (string, string[])[]
            {
                (
                    "",
                    [
                        "format",
                        "name",
                        "version",
                        "decoder",
                        "labels",
                        "heads",
                        "input",
                        "thresholds",
                    ]
                ),
                (
                    "input",
                    [
                        "name",
                        "color",
                        "resize",
                        "mean",
                        "std",
                        "min_size",
                        "max_size",
                        "size_step",
                        "default_size",
                    ]
                ),
                ("thresholds", ["score", "nms"]),
            }
        )
        {
            Assert.All(
                keys,
                key =>
                {
                    JsonNode json = JsonNode.Parse(ColourCells.Manifest.ToJson())!;
                    JsonObject owner = (parent.Length == 0 ? json : json[parent]!).AsObject();
                    Assert.True(owner.Remove(key));
                    FormatException error = Assert.Throws<FormatException>(() =>
                        ModelManifest.Parse(json.ToJsonString())
                    );
                    Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
                }
            );
        }
    }

    [Theory]
    [InlineData("format", "2", "format is 2; this version reads 1")]
    [InlineData("decoder", "\"ssd\"", "decoder is 'ssd'; allowed: yolov3")]
    [InlineData("labels", "[]", "labels has 0 entries; allowed: 1 to 1000")]
    [InlineData("labels", "[null]", "labels holds an empty name")]
    [InlineData("labels", "null", "labels")]
    [InlineData("heads", "[]", "heads has 0 entries; allowed: 1 to 8")]
    [InlineData("heads", "[null]", "heads holds null")]
    [InlineData("heads", "{}", "$.heads")]
    [InlineData("heads/0/output", "\"fine\"", "heads names an output twice")]
    [InlineData("heads/0/output", "null", "output")]
    [InlineData("heads/0/stride", "0", "stride of head 'coarse' is 0; allowed: 1 to 128")]
    [InlineData("heads/0/stride", "24", "allowed: what divides input.size_step, 32")]
    [InlineData(
        "heads/0/predictions",
        "65",
        "predictions of head 'coarse' is 65; allowed: 1 to 64"
    )]
    [InlineData("heads/0/bases", "[[1]]", "bases of head 'coarse'")]
    [InlineData("heads/0/bases", "[null]", "bases of head 'coarse'")]
    [InlineData("input", "null", "input")]
    [InlineData("input/mean", "[1, 2]", "3 numbers each")]
    [InlineData("input/mean", "[1, 2, 1e99]", "input.mean must be finite")]
    [InlineData("input/std", "[1, 0, 1]", "input.std must be finite and above 0")]
    [InlineData("input/color", "\"grey\"", "input.color is 'grey'; allowed: rgb, bgr")]
    [InlineData("input/resize", "\"letterbox\"", "input.resize is 'letterbox'; allowed: stretch")]
    [InlineData("input/size_step", "0", "size_step")]
    [InlineData("input/size_step", "-32", "size_step")]
    [InlineData("input/min_size", "832", "min_size")]
    [InlineData("input/max_size", "4096", "input.max_size is 4096; allowed: up to 2048")]
    [InlineData(
        "input/default_size",
        "400",
        "input.default_size is 400; allowed: multiples of 32 from 64 to 800"
    )]
    [InlineData("thresholds/score", "1.1", "thresholds.score is 1.1; allowed: 0 to 1")]
    [InlineData("thresholds/nms", "-0.1", "thresholds.nms is -0.1; allowed: 0 to 1")]
    public void What_is_wrong_is_named(string key, string value, string message)
    {
        JsonNode json = JsonNode.Parse(ColourCells.Manifest.ToJson())!;
        string[] path = key.Split('/');
        JsonNode parent = path[..^1]
            .Aggregate(
                json,
                (node, part) => int.TryParse(part, out int index) ? node[index]! : node[part]!
            );
        parent[path[^1]] = JsonNode.Parse(value);

        FormatException error = Assert.Throws<FormatException>(() =>
            ModelManifest.Parse(json.ToJsonString())
        );

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_that_no_memory_holds_are_refused()
    {
        ModelManifest manifest = ColourCells.Manifest with
        {
            Heads = [new("vast", 1, 64, [])],
            Input = ColourCells.Manifest.Input with { MaxSize = 2048 },
        };

        FormatException error = Assert.Throws<FormatException>(() =>
            ModelManifest.Parse(manifest.ToJson())
        );

        Assert.Contains(
            "head 'vast' gives 1879048192 numbers",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"\ud800\"")]
    public void What_is_no_object_is_refused(string json) =>
        Assert.Throws<FormatException>(() => ModelManifest.Parse(json));

    [Fact]
    public void Whatever_is_changed_it_reads_or_is_refused()
    {
        string good = ColourCells.Manifest.ToJson();
        string[] pieces =
        [
            "null",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "1e999",
            "0",
            "true",
            "\\ud800",
            "\ud800",
            "\0",
            "]",
            ",",
            ":",
            "\"",
            "99999999999",
        ];
        int read = 0;
        Laws.Hold(random =>
        {
            var bad = new StringBuilder(good);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int start = random.Next(bad.Length);
                bad.Remove(start, Math.Min(random.Next(8), bad.Length - start));
                bad.Insert(start, random.GetItems(pieces, 1)[0]);
            }

            try
            {
                string again = ModelManifest.Parse(bad.ToString()).ToJson();
                Assert.Equal(again, ModelManifest.Parse(again).ToJson());
                read++;
            }
            catch (FormatException error)
            {
                Assert.NotEmpty(error.Message);
            }
        });
        JsonValuesReplaced(good, pieces[..8]);
        Assert.True(read < 100);
    }

    /// <summary>Every value of the document, replaced by every kind of value.</summary>
    private static void JsonValuesReplaced(string good, string[] values)
    {
        int places = Places(JsonNode.Parse(good)!).Count();
        for (int place = 0; place < places; place++)
        {
            foreach (string value in values)
            {
                JsonNode json = JsonNode.Parse(good)!;
                Places(json).ElementAt(place).ReplaceWith(JsonNode.Parse(value));
                try
                {
                    ModelManifest.Parse(json.ToJsonString());
                }
                catch (FormatException error)
                {
                    Assert.NotEmpty(error.Message);
                }
            }
        }
    }

    private static IEnumerable<JsonNode> Places(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject json => json.Select(pair => pair.Value),
            JsonArray array => array,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => Places(child).Prepend(child));
    }
}
