using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Optimization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Export;

/// <summary>Pictures that a model may get as its golden picture: the one that was asked for, or some of the validation set.</summary>
/// <param name="IsAskedFor">Whether it is that or none.</param>
/// <param name="Candidates">The pictures, each with where it is from, for people.</param>
/// <param name="WhyNone">Why there is none.</param>
internal sealed record GoldenPictures(
    bool IsAskedFor,
    IEnumerable<(string Source, Func<Mat> Load)> Candidates,
    string WhyNone
)
{
    private const int MostTried = 20;

    /// <summary>The picture that was asked for.</summary>
    /// <param name="image">A picture file, or a frame of a video (<c>clip.avi#600</c>).</param>
    public static GoldenPictures Of(string image)
    {
        ImageReference reference = ImageReference.Parse(image);
        return new(true, [(Path.GetFileName(image), () => Load(reference))], "");
    }

    /// <summary>The picture that was asked for, else those of the validation set of the run that left a checkpoint, where both can be found.</summary>
    /// <param name="image">What was asked for; null: nothing.</param>
    /// <param name="run">The checkpoint's folder.</param>
    public static GoldenPictures For(string? image, string run)
    {
        if (image is not null)
        {
            return Of(image);
        }

        try
        {
            if (RunCheckpoint.Find(run) is not { } checkpoint)
            {
                return None($"{run} is no folder of a run, so its data is not known");
            }

            RunDescription description = RunCheckpoint.Describe(checkpoint);
            DataOptions data = description.Configuration.Data;
            return data.Validation is null
                ? None("the run has no validation set")
                : new(false, Validation(data, description.Dataset.Labels), "none of its pictures");
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            return None(error.Message);
        }
    }

    private static GoldenPictures None(string why) => new(false, [], why);

    private static IEnumerable<(string, Func<Mat>)> Validation(
        DataOptions data,
        IReadOnlyList<string> labels
    )
    {
        LabelledDataset? dataset = null;
        try
        {
            dataset = data.OpenValidation(labels);
        }
        // The data may be on another machine by now; the export does not depend on it.
        catch (Exception error)
            when (error is DatasetException or InvalidDatasetException or IOException) { }

        using (dataset)
        {
            int count = dataset?.Count ?? 0;
            int step = Math.Max(1, count / MostTried);
            for (int index = 0; index < count; index += step)
            {
                int chosen = index;
                yield return (
                    Path.GetFileName(dataset!.Annotations.Images[index].FileName),
                    () => dataset.Load(chosen).Image
                );
            }
        }
    }

    private static Mat Load(ImageReference reference)
    {
        if (!File.Exists(reference.File))
        {
            throw new FileNotFoundException($"{reference.File}: no such file");
        }

        if (!reference.IsFrame)
        {
            Mat image = Cv2.ImRead(reference.File, ImreadModes.Color);
            return image.Empty()
                ? throw new InvalidDataException(
                    $"{reference.File}: cannot be read as an image; a frame of a video is named like clip.avi#600"
                )
                : image;
        }

        using VideoFrames frames = VideoFrames.Decode(
            reference.File,
            new HashSet<int> { reference.Frame }
        );
        return frames.Contains(reference.Frame)
            ? frames.Load(reference.Frame)
            : throw new InvalidDataException(
                $"{reference.File}: has no frame {reference.Frame}, or is no video"
            );
    }
}
