using OpenCvSharp;

namespace AsffEdge.Detection;

/// <summary>What a model must show before it is used: it is what it was when it was written, it runs, and it finds in its golden picture what it must.</summary>
public static class ModelCheck
{
    /// <summary>Checks what the file says of itself.</summary>
    /// <param name="content">The file.</param>
    /// <param name="sha256">The SHA-256 it must have; null: any.</param>
    /// <exception cref="ModelException">It carries no checksum of its own, or is another file.</exception>
    public static void RequireSound(ModelContent content, string? sha256)
    {
        if (!content.IsSealed)
        {
            throw new ModelException(
                ModelFault.NoChecksum,
                $"model '{content.Path}' has no checksum of its own (metadata_props key '{ModelSeal.MetadataKey}'), so damage to it could not be found; "
                    + "export it again with 'asff-train export', or give it a golden picture with 'asff-train golden', which adds both"
            );
        }

        if (sha256 is not null && sha256 != content.Sha256)
        {
            throw new ModelException(
                ModelFault.WrongSha256,
                $"model '{content.Path}' has the SHA-256 {content.Sha256}; expected {sha256}"
            );
        }
    }

    /// <summary>Runs the model: once at each size, and on its golden picture at the sizes that the picture is for.</summary>
    /// <param name="detector">The model, which nobody else uses.</param>
    /// <param name="sizes">The sizes to warm.</param>
    /// <returns>What the golden picture gave, by size; none where the model carries no golden picture.</returns>
    /// <exception cref="ModelException">The graph fails, does not take one of the sizes, or finds something else in the golden picture than it must.</exception>
    public static IReadOnlyList<GoldenResult> Run(Detector detector, IEnumerable<int> sizes)
    {
        foreach (int size in sizes.Distinct())
        {
            if (!detector.Manifest.Input.Allows(size))
            {
                throw new ModelException(
                    ModelFault.Unsuitable,
                    $"model '{detector.Content.Path}' does not take the size {size}, which is in use; it takes {detector.Manifest.Input.DescribeSizes()}"
                );
            }

            detector.Warm(size);
        }

        if (detector.Content.Golden is not { } golden)
        {
            return [];
        }

        using Mat picture = Decode(golden.Picture);
        if (picture.Empty())
        {
            throw new ModelException(
                ModelFault.BadGolden,
                $"model '{detector.Content.Path}' cannot be used: the picture in metadata_props key '{GoldenPicture.MetadataKey}' cannot be decoded"
            );
        }

        return [.. golden.Sizes.Select(size => Compare(detector, golden, size, picture))];
    }

    /// <summary>Makes a golden picture of any picture, with what the model finds in it now.</summary>
    /// <param name="detector">The model.</param>
    /// <param name="image">8 bits, 3 channels, BGR; made smaller where it has more than <paramref name="mostBytes"/> as a JPEG.</param>
    /// <param name="source">Where it is from, for people.</param>
    /// <param name="sizes">The input sizes to look with.</param>
    /// <param name="mostBytes">Most bytes of the picture.</param>
    /// <exception cref="FormatException">It cannot be made small enough, or nothing that stands clear of the threshold is found in it.</exception>
    public static GoldenPicture Make(
        Detector detector,
        Mat image,
        string? source,
        IReadOnlyList<int> sizes,
        int mostBytes
    )
    {
        byte[] small = GoldenEncoding.Shrink(image, mostBytes);
        using Mat picture = Decode(small);
        GoldenPicture golden = new()
        {
            Picture = small,
            Source = source,
            Sizes = [],
        };

        // Weak detections come and go with rounding; the threshold stays clear of them.
        float score = MathF.Max(detector.Manifest.Thresholds.Score, 2 * golden.ScoreTolerance);
        float nms = detector.Manifest.Thresholds.Nms;
        golden = golden with
        {
            Sizes =
            [
                .. sizes.Select(size => new GoldenSize(
                    size,
                    score,
                    nms,
                    [
                        .. Find(detector, picture, size, score - golden.ScoreTolerance, nms)
                            .Select(found => new GoldenObject(
                                found.ClassId,
                                found.Score,
                                [found.Box.Left, found.Box.Top, found.Box.Right, found.Box.Bottom]
                            )),
                    ]
                )),
            ],
        };
        return GoldenPicture.Parse(golden.ToJson(), detector.Manifest);
    }

    private static Mat Decode(byte[] picture) => Cv2.ImDecode(picture, ImreadModes.Color);

    private static DetectedObject[] Find(
        Detector detector,
        Mat picture,
        int size,
        float score,
        float nms
    )
    {
        var found = new DetectedObject[detector.MaxDetections];
        int count = detector.Detect(picture, size, score, nms, found, out _);
        return found[..count];
    }

    private static GoldenResult Compare(
        Detector detector,
        GoldenPicture golden,
        GoldenSize size,
        Mat picture
    )
    {
        DetectedObject[] found = Find(detector, picture, size.Size, size.Score, size.Nms);
        GoldenResult result = GoldenComparison.Compare(golden, size, found);
        return result.Problem is null
            ? result
            : throw new ModelException(
                ModelFault.WrongDetections,
                $"model '{detector.Content.Path}' on {detector.Provider}, its golden picture at size {size.Size}: {result.Problem}; "
                    + $"allowed: scores that differ by {golden.ScoreTolerance:0.###} and boxes with an IoU of {golden.LeastOverlap:0.###}"
            );
    }
}
