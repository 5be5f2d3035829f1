using System.Security.Cryptography;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>Tells a data set from another, wherever its files lie: a resumed run must go on with the same one.</summary>
/// <param name="Images">How many pictures.</param>
/// <param name="Labels">Class names by class id.</param>
/// <param name="Sha256">Hash over the pictures' names and sizes and all boxes, in order; of the pixels it knows nothing.</param>
public sealed record DatasetIdentity(int Images, IReadOnlyList<string> Labels, string Sha256)
{
    /// <summary>The identity of an open data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="rehearsed">The old one that takes part.</param>
    public static DatasetIdentity Of(LabelledDataset dataset, LabelledDataset? rehearsed = null)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        using (var writer = new BinaryWriter(stream))
        {
            Write(writer, dataset);
            if (rehearsed is not null)
            {
                Write(writer, rehearsed);
            }
        }

        return new DatasetIdentity(
            dataset.Count,
            dataset.Labels,
            Convert.ToHexStringLower(hash.Hash!)
        );
    }

    private static void Write(BinaryWriter writer, LabelledDataset dataset)
    {
        foreach (AnnotatedImage image in dataset.Annotations.Images)
        {
            writer.Write(image.Id);
            writer.Write(image.FileName);
            writer.Write(image.Width);
            writer.Write(image.Height);
        }

        foreach (GroundTruthBox box in dataset.Annotations.Objects)
        {
            writer.Write(box.ImageId);
            writer.Write(box.ClassId);
            writer.Write(box.IsCrowd);
            writer.Write(box.IsDifficult);
            writer.Write(box.Left);
            writer.Write(box.Top);
            writer.Write(box.Width);
            writer.Write(box.Height);
        }
    }

    /// <summary>What differs from the data set of a saved run, one line a difference.</summary>
    public IEnumerable<string> DifferencesFrom(DatasetIdentity saved)
    {
        if (saved.Images != Images)
        {
            yield return $"the data set: {saved.Images} images in the checkpoint, {Images} now";
        }

        if (!saved.Labels.SequenceEqual(Labels))
        {
            yield return $"the classes: [{string.Join(", ", saved.Labels)}] in the checkpoint, [{string.Join(", ", Labels)}] now";
        }

        if (saved.Images == Images && saved.Sha256 != Sha256)
        {
            yield return "the data set: other images or boxes than those of the checkpoint";
        }
    }
}
