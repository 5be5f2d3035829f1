namespace AsffEdge.Detection.Tests;

public sealed class ModelSealTests : IDisposable
{
    private readonly ColourCells _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_sealed_file_opens_and_says_so()
    {
        ModelContent content = ModelContent.Read(_models.WriteGolden());

        Assert.True(content.IsSealed);
        Assert.NotNull(content.Golden);
        Assert.False(ModelContent.Read(Unsealed()).IsSealed);
    }

    [Fact]
    public void A_flipped_bit_is_refused_wherever_it_is()
    {
        const int Step = 5; // with 1 it is every byte, in 20 s
        byte[] good = File.ReadAllBytes(_models.WriteGolden());
        string path = Path.Combine(_models.Folder, "flipped.onnx");
        Dictionary<ModelFault, int> faults = [];
        for (int at = 0; at < good.Length; at += Step)
        {
            byte[] bad = [.. good];
            bad[at] ^= (byte)(1 << (at % 8));
            ModelFault fault = FaultOf(path, bad);
            faults[fault] = faults.GetValueOrDefault(fault) + 1;
        }

        Assert.Equal((good.Length + Step - 1) / Step, faults.Values.Sum());
        Assert.True(
            faults[ModelFault.Damaged] > 0.9 * good.Length / Step,
            string.Join(", ", faults)
        );
    }

    [Fact]
    public void Cut_short_anywhere_it_is_refused()
    {
        byte[] good = File.ReadAllBytes(_models.WriteGolden());
        string path = Path.Combine(_models.Folder, "short.onnx");
        HashSet<ModelFault> faults = [];
        for (int length = 1; length < good.Length; length++)
        {
            faults.Add(FaultOf(path, good[..length]));
        }

        Assert.Contains(ModelFault.Truncated, faults);
        Assert.Empty(faults.Except([ModelFault.Truncated, ModelFault.Damaged, ModelFault.NotOnnx]));
    }

    [Fact]
    public void Sealed_again_it_holds_the_same_records_and_one_checksum()
    {
        string path = _models.WriteGolden();
        byte[] before = File.ReadAllBytes(path);

        ColourCells.Reseal(path, []);

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    /// <summary>The shipped model, flipped in random places over the whole file: weights, graph, manifest, golden picture, checksum.</summary>
    [Fact]
    public void Random_flips_of_the_demo_model_are_all_found()
    {
        int flips = int.Parse(
            Environment.GetEnvironmentVariable("ASFF_FLIPS") ?? "20",
            System.Globalization.CultureInfo.InvariantCulture
        );
        byte[] model = File.ReadAllBytes(
            Path.Combine(Repository.Root, "models", "pedestrian.onnx")
        );
        string path = Path.Combine(_models.Folder, "demo.onnx");
        File.WriteAllBytes(path, model);
        Assert.True(ModelContent.Read(path).IsSealed);
        Random random = new(20261126);
        int found = 0;
        for (int flip = 0; flip < flips; flip++)
        {
            int at = random.Next(model.Length);
            byte good = model[at];
            model[at] ^= (byte)(1 << random.Next(8));
            using (FileStream file = File.OpenWrite(path))
            {
                file.Position = at;
                file.WriteByte(model[at]);
            }

            found += IsRefused(path) ? 1 : 0;
            model[at] = good;
            using (FileStream file = File.OpenWrite(path))
            {
                file.Position = at;
                file.WriteByte(good);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{found} of {flips} flips found");
        Assert.Equal(flips, found);
        Assert.False(IsRefused(path));
    }

    private string Unsealed() => _models.Write(ColourCells.Manifest.ToJson(), isSealed: false);

    private static bool IsRefused(string path)
    {
        try
        {
            ModelCheck.RequireSound(ModelContent.Read(path), null);
            return false;
        }
        catch (ModelException)
        {
            return true;
        }
    }

    private static ModelFault FaultOf(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        ModelException error = Assert.Throws<ModelException>(() =>
            ModelCheck.RequireSound(ModelContent.Read(path), null)
        );
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error.Fault;
    }
}
