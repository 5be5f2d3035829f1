using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Optimization;

/// <summary>What is trained on (<c>data:</c>). Paths are relative to the configuration file that states them.</summary>
public sealed record DataOptions
{
    /// <summary>COCO JSON of the training set.</summary>
    public string Train { get; init; } = "";

    /// <summary>COCO JSON of the validation set; may be left out.</summary>
    public string? Validation { get; init; }

    /// <summary>Image folder, or the video that the annotations' frames are of.</summary>
    public string Images { get; init; } = "";

    /// <summary>Image folder or video of the validation set; left out: the training set's.</summary>
    public string? ValidationImages { get; init; }

    /// <summary>Class names in the order of their ids; empty: the training set's categories.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The same with its paths completed; <paramref name="rooted"/> is given the key and what it says.</summary>
    public DataOptions Rooted(Func<string, string, string> rooted) =>
        this with
        {
            Train = rooted("train", Train),
            Validation = Validation is null ? null : rooted("validation", Validation),
            Images = rooted("images", Images),
            ValidationImages = ValidationImages is null
                ? null
                : rooted("validation_images", ValidationImages),
        };

    /// <summary>Opens and checks the training set.</summary>
    /// <exception cref="DatasetException">Lists everything that is wrong with it.</exception>
    public LabelledDataset OpenTraining() =>
        LabelledDataset.Open(Train, Images, Labels.Count > 0 ? Labels : null);

    /// <summary>Opens and checks the validation set; null where there is none.</summary>
    /// <param name="labels">The classes that are trained, by class id.</param>
    /// <exception cref="DatasetException">Lists everything that is wrong with it.</exception>
    public LabelledDataset? OpenValidation(IReadOnlyList<string> labels) =>
        Validation is null
            ? null
            : LabelledDataset.Open(Validation, ValidationImages ?? Images, labels);
}
