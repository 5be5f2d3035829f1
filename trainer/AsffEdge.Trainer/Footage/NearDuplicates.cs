using AsffEdge.Detection;

namespace AsffEdge.Trainer.Footage;

/// <summary>Finds pictures that show what another one shows already: the same scene by its hash, and the same objects in the same places.</summary>
/// <param name="bits">Greatest distance of two hashes that counts as the same scene; below 0: no two are.</param>
internal sealed class NearDuplicates(int bits)
{
    /// <summary>Objects overlap at least so much (IoU) where they are in the same place.</summary>
    public const double SamePlace = 0.7;

    private readonly List<DifferenceHash> _hashes = [];
    private readonly List<DatasetItem> _items = [];

    /// <summary>Keeps a picture unless one that is kept shows the same.</summary>
    /// <returns>Whether it was kept.</returns>
    public bool Keep(in DifferenceHash hash, DatasetItem item)
    {
        for (int index = _hashes.Count - 1; index >= 0 && bits >= 0; index--)
        {
            if (hash.Distance(_hashes[index]) <= bits && SameObjects(item, _items[index]))
            {
                return false;
            }
        }

        Add(hash, item);
        return true;
    }

    /// <summary>Keeps a picture in any case.</summary>
    public void Add(in DifferenceHash hash, DatasetItem item)
    {
        _hashes.Add(hash);
        _items.Add(item);
    }

    private static bool SameObjects(DatasetItem one, DatasetItem other)
    {
        if (one.Annotations.Count != other.Annotations.Count)
        {
            return false;
        }

        Span<bool> taken = stackalloc bool[other.Annotations.Count];
        foreach (FootageAnnotation annotation in one.Annotations)
        {
            Box box = Fractions(annotation, one.Image);
            int match = -1;
            for (int index = 0; index < taken.Length && match < 0; index++)
            {
                FootageAnnotation candidate = other.Annotations[index];
                if (
                    !taken[index]
                    && candidate.CategoryId == annotation.CategoryId
                    && box.IoU(Fractions(candidate, other.Image)) >= SamePlace
                )
                {
                    match = index;
                }
            }

            if (match < 0)
            {
                return false;
            }

            taken[match] = true;
        }

        return true;
    }

    private static Box Fractions(FootageAnnotation annotation, FootageImage image)
    {
        double[] box = annotation.Bbox;
        return new Box(
            (float)(box[0] / image.Width),
            (float)(box[1] / image.Height),
            (float)((box[0] + box[2]) / image.Width),
            (float)((box[1] + box[3]) / image.Height)
        );
    }
}
