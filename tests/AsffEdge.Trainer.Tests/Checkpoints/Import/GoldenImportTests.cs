using System.CommandLine;
using System.Globalization;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Prediction;
using AsffEdge.Trainer.Tests.Data;
using AsffEdge.Trainer.Tests.Network;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>Files with the golden weights under the authors' names: the imported checkpoint gives the authors' outputs.</summary>
[Trait("Category", "Slow")]
public sealed class GoldenImportTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const int Size = 320;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mobilenetv2_asff", "w.pth")]
    [InlineData("mobilenetv2", "w.safetensors")]
    [InlineData("asff", "w.old.pth")]
    public void An_imported_checkpoint_gives_the_authors_outputs(string variant, string file)
    {
        GoldenNetwork golden = GoldenNetwork.OpenShipped(variant);
        NetworkConfiguration network = golden.Configuration;
        string weights = Path.Combine(_folder.Path, file);
        string checkpoint = Path.Combine(_folder.Path, "c.safetensors");
        AuthorWeights.Write(
            weights,
            [
                .. golden.State.Select(entry =>
                    (entry.Name, entry.Shape, golden.Weights(entry.Name, entry.Shape))
                ),
            ]
        );
        (int code, string errors) = Import(weights, network, checkpoint);
        Assert.Equal((0, ""), (code, errors));
        using IPredictor predictor = Predictor.Open(checkpoint);
        SafeTensor expected = golden.Expected[$"output/{Size}"];
        float[] actual = predictor.Predict(golden.Input($"input/{Size}", 3 * Size * Size), Size);
        int columns = (int)expected.Shape[^1];
        for (int column = 0; column < columns; column++)
        {
            Assert.InRange(
                Close.WorstRelative(
                    Column(expected.Values, columns, column),
                    Column(actual, columns, column)
                ),
                0,
                Tolerance
            );
        }
    }

    [Fact]
    public void The_variant_and_the_classes_of_a_file_are_found_when_others_were_given()
    {
        GoldenNetwork golden = GoldenNetwork.OpenShipped("mobilenetv2");
        string weights = Path.Combine(_folder.Path, "w.safetensors");
        string checkpoint = Path.Combine(_folder.Path, "c.safetensors");
        AuthorWeights.Write(
            weights,
            [
                .. golden.State.Select(entry =>
                    (
                        entry.Name,
                        entry.Shape,
                        new float[entry.Shape.Aggregate(1L, (product, size) => product * size)]
                    )
                ),
            ]
        );
        foreach (
            NetworkConfiguration other in (NetworkConfiguration[])
                [Variants.Create("mobilenetv2_asff", 80), Variants.Create("asff", 3)]
        )
        {
            (int code, string errors) = Import(weights, other, checkpoint);
            Assert.Equal(1, code);
            Assert.Contains(
                $"--variant mobilenetv2 --classes {golden.Configuration.Classes}",
                errors
            );
        }
    }

    private static (int Code, string Errors) Import(
        string weights,
        NetworkConfiguration network,
        string checkpoint
    )
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = ImportCommand
            .Create()
            .Parse([
                weights,
                "--variant",
                network.Variant,
                "--classes",
                network.Classes.ToString(CultureInfo.InvariantCulture),
                "--out",
                checkpoint,
            ])
            .Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (code, errors.ToString());
    }

    private static float[] Column(float[] rows, int columns, int column) =>
        [.. rows.Where((_, index) => index % columns == column)];
}
