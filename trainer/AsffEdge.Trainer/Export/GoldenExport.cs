using System.Globalization;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using OpenCvSharp;

namespace AsffEdge.Trainer.Export;

/// <summary>Gives ONNX files their golden picture. The graph stays as it is, byte for byte.</summary>
internal static class GoldenExport
{
    /// <summary>Most bytes of a golden picture: the file hardly grows by it.</summary>
    public const int LargestPicture = 30_000;

    /// <summary>Writes a model with a golden picture, or, where none can be had without being asked for, without one.</summary>
    /// <param name="path">The file. It appears whole, or stays as it was.</param>
    /// <param name="export">Writes the model.</param>
    /// <param name="pictures">Candidates for the picture.</param>
    /// <param name="notes">Takes the reason why there is none.</param>
    /// <exception cref="InvalidDataException">The picture that was asked for does not do.</exception>
    public static void Export(
        string path,
        Action<string> export,
        GoldenPictures pictures,
        TextWriter notes
    )
    {
        string exported = $"{path}.export";
        try
        {
            export(exported);
            GoldenPicture? golden = Make(exported, pictures, null, notes);
            Write(exported, path, golden);
        }
        finally
        {
            File.Delete(exported);
        }
    }

    /// <summary>Gives an existing file a golden picture, in place of the one it may have.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pictures">The picture.</param>
    /// <param name="sizes">Input sizes to look with; null: the model's smallest and its default.</param>
    /// <param name="notes">Takes remarks.</param>
    /// <returns>The golden picture.</returns>
    /// <exception cref="InvalidDataException">The picture does not do; the file is as it was.</exception>
    public static GoldenPicture Replace(
        string path,
        GoldenPictures pictures,
        int[]? sizes,
        TextWriter notes
    )
    {
        GoldenPicture golden = Make(path, pictures, sizes, notes)!;
        Write(path, path, golden);
        return golden;
    }

    private static void Write(string from, string to, GoldenPicture? golden)
    {
        using FileStream source = File.OpenRead(from);
        Dictionary<string, string> metadata = [];
        if (golden is not null)
        {
            metadata[GoldenPicture.MetadataKey] = golden.ToJson();
        }

        AtomicFile.Write(to, target => ModelSeal.Write(source, target, metadata));
    }

    private static GoldenPicture? Make(
        string path,
        GoldenPictures pictures,
        int[]? sizes,
        TextWriter notes
    )
    {
        using Detector detector = Detector.Open(path, new DetectorOptions());
        InputManifest input = detector.Manifest.Input;
        sizes ??= [.. ((int[])[input.MinSize, input.DefaultSize]).Distinct()];
        string why = pictures.WhyNone;
        foreach ((string source, Func<Mat> load) in pictures.Candidates)
        {
            try
            {
                using Mat picture = load();
                return ModelCheck.Make(detector, picture, source, sizes, LargestPicture);
            }
            catch (FormatException error)
            {
                why = string.Create(CultureInfo.InvariantCulture, $"{source}: {error.Message}");
                if (pictures.IsAskedFor)
                {
                    throw new InvalidDataException(why, error);
                }
            }
        }

        notes.WriteLine(
            $"no golden picture, so devices can check the file for damage only ({why}); add one with 'asff-train golden'"
        );
        return null;
    }
}
