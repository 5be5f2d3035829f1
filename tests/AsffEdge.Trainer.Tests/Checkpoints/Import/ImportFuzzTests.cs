using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Checkpoints.Import;
using AsffEdge.Trainer.Tests.Data;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>Damaged files are read, or refused with the one exception that is documented, and never take more memory than they should.</summary>
public sealed class ImportFuzzTests : IDisposable
{
    /// <summary>ASFF_FUZZ_ROUNDS asks for more.</summary>
    private static readonly int Rounds = int.TryParse(
        Environment.GetEnvironmentVariable("ASFF_FUZZ_ROUNDS"),
        out int rounds
    )
        ? rounds
        : 750;

    // Buffers, the archive's and the pickle's objects; the files have 2 to 4 kB.
    private const long MostAllocated = 4 << 20;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files() => [.. GoldenTorchFile.Names()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void A_damaged_file_is_read_or_refused_with_its_name(string name)
    {
        byte[] sound = File.ReadAllBytes(GoldenTorchFile.At(name));
        string path = Path.Combine(_folder.Path, "damaged.pth");
        var random = new SampleRandom(23);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            File.WriteAllBytes(path, Damage(sound, random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using ImportedWeights weights = ImportedWeights.Open(
                    path,
                    TinyNetwork.Configuration
                );
                foreach (ImportedTensor tensor in weights.Tensors)
                {
                    Assert.Equal(
                        tensor.Shape.Aggregate(1L, (product, size) => product * size),
                        weights.Read(tensor).LongLength
                    );
                }
            }
            catch (InvalidDataException error)
            {
                refused++;
                Assert.StartsWith(path, error.Message);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, MostAllocated);
        }

        Assert.InRange(refused, Rounds / 3, Rounds - 1);
    }

    // One to three changes: a byte set, a bit flipped, a byte removed or inserted, a piece repeated elsewhere, the end cut off.
    private static byte[] Damage(byte[] sound, SampleRandom random)
    {
        List<byte> bytes = [.. sound];
        for (int change = random.Below(3); change >= 0; change--)
        {
            int place = random.Below(bytes.Count);
            switch (random.Below(6))
            {
                case 0:
                    bytes[place] = (byte)random.NextBits();
                    break;
                case 1:
                    bytes[place] ^= (byte)(1 << random.Below(8));
                    break;
                case 2:
                    bytes.RemoveAt(place);
                    break;
                case 3:
                    bytes.Insert(place, (byte)"(.)cR\u0093bQ]}tuX\u00ff"[random.Below(14)]);
                    break;
                case 4:
                    int from = random.Below(bytes.Count);
                    int length = Math.Min(1 + random.Below(60), bytes.Count - from);
                    bytes.InsertRange(place, bytes.GetRange(from, length));
                    break;
                default:
                    if (random.Below(4) == 0)
                    {
                        bytes.RemoveRange(place, bytes.Count - place);
                        bytes.Add(0);
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
