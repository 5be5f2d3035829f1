using AsffEdge.Trainer.Benchmarking;

namespace AsffEdge.Trainer.Tests.Benchmarking;

public sealed class SpeedReportTests
{
    [Fact]
    public void Tables_fit_a_hundred_columns_and_hold_the_figures()
    {
        SpeedFigure[] figures =
        [
            .. from precision in (string[])["fp32", "fp16"]
            from network in (string[])["baseline", "mobilenetv2_asff"]
            from runtime in (string[])["ONNX Runtime, cuda", "TorchSharp, cuda:0"]
            select new SpeedFigure(
                800,
                network,
                runtime,
                precision,
                12345.678,
                0.081,
                network == "baseline" ? null : 0.2349,
                5
            ),
        ];
        string text = new SpeedReport(64, 64, 80, 0.5, 0.25, "measured", figures).ToText();
        string[] lines = text.Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 100, line));
        Assert.Equal(4, lines.Count(line => line.StartsWith(" 800", StringComparison.Ordinal)));
        Assert.Contains(
            " 800  mobilenetv2_asff   12345.7     0.1  +23.5 %   12345.7     0.1  +23.5 %",
            lines
        );
        Assert.Contains("Width: backbone × 0.5, neck × 0.25.", lines);
        Assert.Contains(
            "ms: median of 5 runs. Over: time beyond the same backbone without fusion.",
            lines
        );
    }
}
