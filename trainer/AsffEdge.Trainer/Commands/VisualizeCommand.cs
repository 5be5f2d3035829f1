using System.CommandLine;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Visualization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train visualize</c>: where a network finds what, and how its levels are fused there.</summary>
public static class VisualizeCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var checkpoint = new Argument<FileInfo>("checkpoint")
        {
            Description = "Checkpoint; an ONNX file does not give its fusion weights away.",
        };
        var images = new Argument<string[]>("images")
        {
            Description = "Pictures, or frames of videos, counted from 1 (clip.avi#600).",
            Arity = ArgumentArity.OneOrMore,
        };
        var size = new Option<int>("--size")
        {
            Description = "Input size, a multiple of 32.",
            DefaultValueFactory = _ => 416,
        };
        var score = new Option<float?>("--score")
        {
            Description = "Least score to draw, 0 to 1 (default: the checkpoint's).",
        };
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder for the pictures; made when missing.",
            Required = true,
        };
        var separate = new Option<bool>("--separate")
        {
            Description = "Write each map as a file of its own, too.",
        };
        var command = new Command(
            "visualize",
            "Draw detections with the level that found them, and every level's fusion weights and activation.\n\nExample: asff-train visualize runs/pedestrian/checkpoint.safetensors street.jpg clip.avi#600 --out seen"
        )
        {
            checkpoint,
            images,
            size,
            score,
            output,
            separate,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    Run(
                        parsed.GetRequiredValue(checkpoint),
                        [.. parsed.GetRequiredValue(images).Select(ReadReference)],
                        CommandErrors.RequireSize(parsed.GetValue(size)),
                        RequireScore(parsed.GetValue(score)),
                        parsed.GetRequiredValue(output).FullName,
                        parsed.GetValue(separate),
                        parsed.InvocationConfiguration.Output
                    );
                    return 0;
                }
            )
        );
        return command;
    }

    private static void Run(
        FileInfo checkpoint,
        ImageReference[] images,
        int size,
        float? score,
        string folder,
        bool separate,
        TextWriter output
    )
    {
        RequireDifferentNames(images);
        using var probe = new FusionProbe(checkpoint.FullName);
        Dictionary<string, VideoFrames> videos = OpenVideos(images);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (ImageReference image in images)
            {
                using Mat picture = Load(image, videos);
                float floor = score ?? probe.Manifest.Thresholds.Score;
                FusionView view = probe.Look(picture, size, floor);
                var drawing = new FusionPicture(view, picture, probe.Manifest.Labels);
                string path = Path.Combine(folder, NameOf(image));
                string title = Caption.Text(
                    $"{probe.Manifest.Name} {probe.Manifest.Version} at {size} x {size} on {image with { File = Path.GetFileName(image.File) }}: {view.Objects.Count} found at score {floor:G3}"
                );
                using (Mat sheet = drawing.Compose(title))
                {
                    Save(sheet, $"{path}.png");
                }

                if (separate)
                {
                    SaveParts(drawing, view, path);
                }

                string weights = view.Levels.Any(level => level.Weights.Count > 0)
                    ? ""
                    : "; no fusion weights, as this network does not weigh its levels";
                output.WriteLine(
                    $"{path}.png: found {view.Objects.Count}, by level {string.Join(" + ", view.Levels.Select(level => view.Objects.Count(found => found.Level == level.Level)))}{weights}"
                );
            }
        }
        finally
        {
            foreach (VideoFrames video in videos.Values)
            {
                video.Dispose();
            }
        }
    }

    private static void SaveParts(FusionPicture drawing, FusionView view, string path)
    {
        using (Mat detections = drawing.Detections())
        {
            Save(detections, $"{path}-detections.png");
        }

        foreach (LevelMaps level in view.Levels)
        {
            for (int source = 0; source < level.Weights.Count; source++)
            {
                using Mat weights = drawing.Weights(level, source);
                Save(weights, $"{path}-level{level.Level}-weight{level.FirstSource + source}.png");
            }

            using Mat activation = drawing.Activation(level);
            Save(activation, $"{path}-level{level.Level}-activation.png");
        }
    }

    private static void Save(Mat picture, string path)
    {
        Cv2.ImEncode(".png", picture, out byte[] bytes);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    private static Dictionary<string, VideoFrames> OpenVideos(ImageReference[] images)
    {
        Dictionary<string, VideoFrames> videos = [];
        foreach (
            IGrouping<string, ImageReference> video in images
                .Where(image => image.IsFrame)
                .GroupBy(image => image.File)
        )
        {
            videos[video.Key] = VideoFrames.Decode(
                video.Key,
                video.Select(image => image.Frame).ToHashSet()
            );
        }

        return videos;
    }

    private static Mat Load(ImageReference image, Dictionary<string, VideoFrames> videos)
    {
        if (image.IsFrame)
        {
            return videos[image.File].Contains(image.Frame)
                ? videos[image.File].Load(image.Frame)
                : throw new DatasetException(
                    $"frame {image.Frame} is not in the video {image.File}"
                );
        }

        if (!File.Exists(image.File))
        {
            throw new DatasetException($"{image.File}: no such file");
        }

        Mat picture = Cv2.ImRead(image.File, ImreadModes.Color);
        if (picture.Empty())
        {
            picture.Dispose();
            throw new DatasetException($"{image.File}: cannot be read as an image");
        }

        return picture;
    }

    /// <summary>A file whose own name ends like a frame's number is taken for what it is.</summary>
    private static ImageReference ReadReference(string argument) =>
        File.Exists(argument) ? new ImageReference(argument, 0) : ImageReference.Parse(argument);

    private static string NameOf(ImageReference image)
    {
        string stem = Path.GetFileNameWithoutExtension(image.File);
        return image.IsFrame ? $"{stem}-{image.Frame:D6}" : stem;
    }

    private static void RequireDifferentNames(ImageReference[] images)
    {
        foreach (IGrouping<string, ImageReference> name in images.GroupBy(NameOf))
        {
            if (name.Count() > 1)
            {
                throw new ArgumentException(
                    $"{string.Join(" and ", name)} would all be written to {name.Key}.png; give them different --out folders"
                );
            }
        }
    }

    private static float? RequireScore(float? score) =>
        score is null or (>= 0 and <= 1)
            ? score
            : throw new ArgumentException(Caption.Text($"--score is {score}; allowed: 0 to 1"));
}
