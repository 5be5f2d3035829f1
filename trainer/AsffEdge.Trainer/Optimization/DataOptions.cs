using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Optimization;

/// <summary>What is trained on (<c>data:</c>). Paths are relative to the configuration file that states them.</summary>
public sealed record DataOptions
{
    private const string TrainFile = "train.json";
    private const string ValidationFile = "validation.json";

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

    /// <summary>
    /// A data set made by <c>asff-train dataset</c>; stands for <see cref="Train"/>, <see cref="Validation"/> and <see cref="Images"/>, also where a file that is extended has these.
    /// </summary>
    public string? Dataset { get; init; }

    /// <summary>Old data that takes part, against forgetting; left out: none.</summary>
    public RehearsalOptions? Rehearsal { get; init; }

    /// <summary>The same with a data set's folder written out as its files.</summary>
    public DataOptions Resolved()
    {
        RehearsalOptions? old = Rehearsal?.Dataset is { } rehearsed
            ? Rehearsal with
            {
                Format = DataFormat.Coco,
                Train = Path.Combine(rehearsed, TrainFile),
                Images = Path.Combine(rehearsed, DatasetFolder.ImagesName),
            }
            : Rehearsal;
        return Dataset is { } folder
            ? this with
            {
                Rehearsal = old,
                Format = DataFormat.Coco,
                Train = Path.Combine(folder, TrainFile),
                Images = Path.Combine(folder, DatasetFolder.ImagesName),
                // A data set may hold nothing out.
                Validation = HoldsOut(folder) ? Path.Combine(folder, ValidationFile) : null,
                ValidationImages = null,
            }
            : this with
            {
                Rehearsal = old,
            };
    }

    /// <summary>The same with its paths completed; <paramref name="rooted"/> is given the key and what it says.</summary>
    public DataOptions Rooted(Func<string, string, string> rooted) =>
        this with
        {
            Dataset = Dataset is null ? null : rooted("dataset", Dataset),
            Rehearsal = Rehearsal is null
                ? null
                : Rehearsal with
                {
                    Dataset = Rehearsal.Dataset is null
                        ? null
                        : rooted("rehearsal", Rehearsal.Dataset),
                    Train = rooted("rehearsal", Rehearsal.Train),
                    Images =
                        Rehearsal.Images.Length == 0 ? "" : rooted("rehearsal", Rehearsal.Images),
                },
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

    /// <summary>Opens and checks the old data; null where there is none.</summary>
    /// <param name="labels">The classes that are trained, by class id.</param>
    /// <exception cref="InvalidDatasetException">Lists everything that is wrong with it.</exception>
    public LabelledDataset? OpenRehearsal(IReadOnlyList<string> labels) =>
        Rehearsal is null
            ? null
            : LabelledDataset.Open(
                Rehearsal.Train,
                Rehearsal.Images.Length == 0 ? null : Rehearsal.Images,
                labels,
                Rehearsal.Format
            );

    // Where there is no data set, opening it says so.
    private static bool HoldsOut(string folder) =>
        !File.Exists(Path.Combine(folder, DatasetFolder.ManifestName))
        || DatasetFolder.Describe(folder).Validation.Images > 0;

    private string? ImagesOrNull => Images.Length == 0 ? null : Images;
}
