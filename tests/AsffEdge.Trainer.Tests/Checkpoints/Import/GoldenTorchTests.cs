using System.Text.Json;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Checkpoints.Import;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>Files that torch.save wrote, against what PyTorch says they hold.</summary>
public sealed class GoldenTorchTests
{
    public static TheoryData<string> Files() => [.. GoldenTorchFile.Names()];

    [Theory]
    [MemberData(nameof(Files))]
    public void Tensors_are_what_pytorch_saved(string file)
    {
        using var expected = JsonDocument.Parse(
            File.ReadAllText(GoldenTorchFile.At("expected.json"))
        );
        using TorchRead read = TorchRead.Open(GoldenTorchFile.At(file));
        var tensors = read.State.Tensors.ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (JsonProperty property in expected.RootElement.EnumerateObject())
        {
            string name = property.Name.StartsWith("module.", StringComparison.Ordinal)
                ? property.Name["module.".Length..]
                : property.Name;
            Assert.True(tensors.Remove(name, out TorchTensor? tensor), name);
            Assert.Equal(
                property
                    .Value.GetProperty("shape")
                    .EnumerateArray()
                    .Select(size => size.GetInt64()),
                tensor.Shape
            );
            Assert.Equal(
                property.Value.GetProperty("dtype").GetString(),
                $"torch.{tensor.Storage.Type.ToString().ToLowerInvariant()}"
            );
            Assert.Equal(
                property
                    .Value.GetProperty("values")
                    .EnumerateArray()
                    .Select(value => (float)value.GetDouble()),
                tensor.Read(read.File.Open)
            );
        }

        Assert.Empty(tensors);
    }
}
