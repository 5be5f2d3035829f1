using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Optimization;

/// <summary>What is trained on (<c>data:</c>). Paths are relative to the configuration file that states them.</summary>
public sealed record DataOptions
{
    /// <summary>How the annotations are written.</summary>
    public DataFormat Format { get; init; } = DataFormat.Coco;

    /// <summary>
    /// The training set. COCO: its JSON file. VOC: the folder with <c>Annotations</c>, or a list under its <c>ImageSets</c>. YOLO: the folder of the text
    /// files, or one that holds it as <c>labels</c>.
    /// </summary>
    public string Train { get; init; } = "";

    /// <summary>The validation set, likewise; may be left out.</summary>
    public string? Validation { get; init; }

    /// <summary>Image folder, or the video that the annotations' frames are of; may be left out for VOC (<c>JPEGImages</c>) and YOLO (<c>images</c>).</summary>
    public string Images { get; init; } = "";

    /// <summary>Image folder or video of the validation set; left out: as for the training set.</summary>
    public string? ValidationImages { get; init; }

    /// <summary>Class names in the order of their ids; empty: the training set's own.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The same with its paths completed; <paramref name="rooted"/> is given the key and what it says.</summary>
    public DataOptions Rooted(Func<string, string, string> rooted) =>
        this with
        {
            Train = rooted("train", Train),
            Validation = Validation is null ? null : rooted("validation", Validation),
            Images = Images.Length == 0 ? "" : rooted("images", Images),
            ValidationImages = ValidationImages is null
                ? null
                : rooted("validation_images", ValidationImages),
        };

    /// <summary>Opens and checks the training set.</summary>
    /// <exception cref="InvalidDatasetException">Lists everything that is wrong with it.</exception>
    public LabelledDataset OpenTraining() =>
        LabelledDataset.Open(Train, ImagesOrNull, Labels.Count > 0 ? Labels : null, Format);

    /// <summary>Opens and checks the validation set; null where there is none.</summary>
    /// <param name="labels">The classes that are trained, by class id.</param>
    /// <exception cref="InvalidDatasetException">Lists everything that is wrong with it.</exception>
    public LabelledDataset? OpenValidation(IReadOnlyList<string> labels) =>
        Validation is null
            ? null
            : LabelledDataset.Open(Validation, ValidationImages ?? ImagesOrNull, labels, Format);

    private string? ImagesOrNull => Images.Length == 0 ? null : Images;
}
