using AsffEdge.Detection;

namespace AsffEdge.Trainer.Footage;

/// <summary>Finds pictures that show what another one shows already: the same scene by its hash, and the same objects in the same places.</summary>
/// <param name="bits">Greatest distance of two hashes that counts as the same scene; below 0: no two are.</param>
internal sealed class NearDuplicates(int bits)
{
    private readonly List<PictureContent> _kept = [];

    /// <summary>Keeps a picture unless one that is kept shows the same.</summary>
    /// <returns>Whether it was kept.</returns>
    public bool Keep(in DifferenceHash hash, DatasetItem item)
    {
        if (bits < 0)
        {
            return true;
        }

        PictureContent picture = ContentOf(hash, item);
        // Neighbours in time are looked at first.
        for (int index = _kept.Count - 1; index >= 0; index--)
        {
            if (picture.IsNear(_kept[index], bits))
            {
                return false;
            }
        }

        _kept.Add(picture);
        return true;
    }

    /// <summary>Keeps a picture in any case.</summary>
    public void Add(in DifferenceHash hash, DatasetItem item) => _kept.Add(ContentOf(hash, item));

    private static PictureContent ContentOf(in DifferenceHash hash, DatasetItem item) =>
        new(
            hash,
            [
                .. item.Annotations.Select(one => new PlacedObject(
                    one.CategoryId,
                    Fractions(one.Bbox, item.Image)
                )),
            ]
        );

    private static Box Fractions(double[] box, FootageImage image) =>
        new(
            (float)(box[0] / image.Width),
            (float)(box[1] / image.Height),
            (float)((box[0] + box[2]) / image.Width),
            (float)((box[1] + box[3]) / image.Height)
        );
}
