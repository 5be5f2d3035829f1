namespace AsffEdge.Trainer.Data;

/// <summary>Pictures with labelled boxes.</summary>
public interface IDetectionDataset
{
    /// <summary>How many pictures.</summary>
    int Count { get; }

    /// <summary>Class names by class id.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Picture number <paramref name="index"/> (from 0) with its boxes; the caller disposes it. Safe to call from several threads.</summary>
    /// <exception cref="DatasetException">The picture cannot be read.</exception>
    Sample Load(int index);
}
