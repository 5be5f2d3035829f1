using System.Text.Json;
using AsffEdge.Trainer.Commands;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The benchmark on real networks, narrow ones.</summary>
public sealed class BenchmarkCommandTests
{
    private static readonly string[] Narrow =
    [
        "--variants",
        "mobilenetv2",
        "mobilenetv2_asff",
        "--sizes",
        "320",
        "--backbone-width",
        "0.1",
        "--neck-width",
        "0.1",
        "--runs",
        "2",
        "--threads",
        "1",
        "--classes",
        "1",
    ];

    [Fact]
    [Trait("Category", "Slow")]
    public void Both_runtimes_are_timed()
    {
        (int code, string output, string errors) = CommandLine.Invoke(
            BenchmarkCommand.Create(),
            [.. Narrow, "--json", "--half"]
        );
        Assert.Equal((0, ""), (code, errors));
        using JsonDocument report = JsonDocument.Parse(output);
        JsonElement[] figures =
        [
            .. report
                .RootElement.GetProperty("figures")
                .EnumerateArray()
                .Where(figure => figure.GetProperty("precision").GetString() == "fp32"),
        ];
        Assert.Equal(
            ["mobilenetv2", "mobilenetv2", "mobilenetv2_asff", "mobilenetv2_asff"],
            figures.Select(figure => figure.GetProperty("network").GetString())
        );
        Assert.StartsWith("ONNX Runtime", figures[0].GetProperty("runtime").GetString());
        Assert.StartsWith("TorchSharp", figures[1].GetProperty("runtime").GetString());
        foreach (JsonElement figure in figures)
        {
            Assert.InRange(figure.GetProperty("milliseconds").GetDouble(), 0.05, 60_000);
            Assert.InRange(figure.GetProperty("runs").GetInt32(), 2, 1000);
        }

        Assert.Equal(
            (
                figures[2].GetProperty("milliseconds").GetDouble()
                / figures[0].GetProperty("milliseconds").GetDouble()
            ) - 1,
            figures[2].GetProperty("over_baseline").GetDouble(),
            1e-9
        );
        if (!TorchSharp.torch.cuda.is_available())
        {
            Assert.Equal(
                "not measured: no GPU",
                report.RootElement.GetProperty("half").GetString()
            );
        }
    }

    [Theory]
    [InlineData("--sizes", "333", "333")]
    [InlineData("--variants", "vgg", "vgg")]
    [InlineData("--runs", "0", "--runs")]
    [InlineData("--threads", "0", "--threads")]
    public void Mistakes_are_named(string option, string value, string word)
    {
        (int code, _, string errors) = CommandLine.Invoke(BenchmarkCommand.Create(), option, value);
        Assert.Equal(2, code);
        Assert.Contains(word, errors);
    }
}
