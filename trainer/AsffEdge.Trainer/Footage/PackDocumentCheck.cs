using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Footage;

/// <summary>Holds a day's <c>coco.json</c> against the pack that it came in.</summary>
internal static class PackDocumentCheck
{
    /// <summary>What is wrong with a document; null where nothing is.</summary>
    /// <param name="document">The document.</param>
    /// <param name="folder">Its folder in the pack, <c>camera/day</c>.</param>
    /// <param name="manifest">The pack.</param>
    /// <param name="takeUnmasked">Whether pictures without privacy masks are taken.</param>
    public static string? Problem(
        FootageDocument document,
        string folder,
        PackManifest manifest,
        bool takeUnmasked
    ) =>
        InfoProblem(document, folder, manifest)
        ?? CategoryProblem(document)
        ?? ImagesProblem(document, folder, manifest, takeUnmasked)
        ?? AnnotationsProblem(document);

    private static string? InfoProblem(
        FootageDocument document,
        string folder,
        PackManifest manifest
    ) =>
        document.Info is { } info
        && info.Agent == manifest.Agent
        && info.Camera == PackNames.CameraOf(folder)
            ? null
            : $"info names agent '{document.Info?.Agent}' and camera '{document.Info?.Camera}'; the pack says '{manifest.Agent}' and '{PackNames.CameraOf(folder)}'";

    private static string? CategoryProblem(FootageDocument document) =>
        document.Categories.Any(category =>
            category is null || string.IsNullOrWhiteSpace(category.Name)
        )
            ? "a category has no name"
        : document.Categories.DistinctBy(category => category.Id).Count()
        != document.Categories.Count
            ? "a category id occurs twice; ids must be unique"
        : document.Categories.DistinctBy(category => category.Name).Count()
        != document.Categories.Count
            ? "a category's name occurs twice; names must be unique"
        : null;

    private static string? ImagesProblem(
        FootageDocument document,
        string folder,
        PackManifest manifest,
        bool takeUnmasked
    )
    {
        HashSet<string> missing =
        [
            .. manifest
                .Files.Select(file => file.Name)
                .Where(name => PackNames.FolderOf(name) == folder && !PackNames.IsDocument(name)),
        ];
        var ids = new HashSet<long>();
        foreach (FootageImage? image in document.Images)
        {
            string? problem =
                image is null ? "images holds null"
                : !ids.Add(image.Id) ? $"image id {image.Id} occurs twice; ids must be unique"
                : !missing.Remove(image.FileName)
                    ? $"image '{image.FileName}' occurs twice or is no picture of this folder in the pack"
                : ImageProblem(image, folder, takeUnmasked);
            if (problem is not null)
            {
                return problem;
            }
        }

        return missing.Count == 0
            ? null
            : $"picture '{missing.Order(StringComparer.Ordinal).First()}' is not among the images";
    }

    private static string? ImageProblem(FootageImage image, string folder, bool takeUnmasked)
    {
        _ = PackNames.TryParseTime(image.FileName, out DateTime named);
        DateTime captured = image.DateCaptured;
        string what =
            captured.Kind != DateTimeKind.Utc
            || captured.Ticks / TimeSpan.TicksPerMillisecond
                != named.Ticks / TimeSpan.TicksPerMillisecond
                ? $"date_captured is {captured:O}; its name says {named:O}"
            : image.Camera != PackNames.CameraOf(folder)
                ? $"camera is '{image.Camera}'; its name says '{PackNames.CameraOf(folder)}'"
            : image.Width < 1 || image.Height < 1
                ? $"its size is {image.Width}x{image.Height}; allowed: above 0"
            : !PackNames.Policy().IsMatch(image.Policy)
                ? $"policy is '{image.Policy}'; allowed: [a-z_]{{1,32}}"
            : image.ScoreThreshold is not (>= 0 and <= 1)
                ? $"score_threshold is {image.ScoreThreshold}; allowed: 0 to 1"
            : !PackNames.Sha256().IsMatch(image.Model.Sha256)
                ? $"model.sha256 is '{image.Model.Sha256}'; allowed: 64 lower-case hex digits"
            : image.Dhash is not null && !PackNames.Sha256().IsMatch(image.Dhash)
                ? $"dhash is '{image.Dhash}'; allowed: 64 lower-case hex digits"
            : !image.MasksApplied && !takeUnmasked
                ? "masks_applied is false: privacy masks were not drawn; allowed only with --take-unmasked"
            : "";
        return what.Length == 0 ? null : $"image '{image.FileName}': {what}";
    }

    private static string? AnnotationsProblem(FootageDocument document)
    {
        var images = document.Images.ToDictionary(image => image.Id);
        HashSet<int> categories = [.. document.Categories.Select(category => category.Id)];
        var ids = new HashSet<long>();
        foreach (FootageAnnotation? annotation in document.Annotations)
        {
            if (annotation is null)
            {
                return "annotations holds null";
            }

            string? problem =
                !ids.Add(annotation.Id) ? "its id occurs twice; ids must be unique"
                : !images.TryGetValue(annotation.ImageId, out FootageImage? image)
                    ? $"is of image {annotation.ImageId}, which is not among the images"
                : !categories.Contains(annotation.CategoryId)
                    ? $"is of category {annotation.CategoryId}; allowed: {string.Join(", ", categories)}"
                : annotation.Score is not (>= 0 and <= 1)
                    ? $"score is {annotation.Score}; allowed: 0 to 1"
                : annotation.Source != FootageAnnotation.Model
                    ? $"source is '{annotation.Source}'; allowed in a pack: {FootageAnnotation.Model}"
                : BoxProblem(annotation.Bbox, image.Width, image.Height);
            if (problem is not null)
            {
                return $"annotation {annotation.Id}: {problem}";
            }
        }

        return null;
    }

    /// <summary>What is wrong with a box of a picture; null where nothing is.</summary>
    public static string? BoxProblem(double[] box, int width, int height) =>
        box is [var left, var top, var boxWidth, var boxHeight]
            ? AnnotationRules.BoxProblem(left, top, boxWidth, boxHeight, width, height)
            : $"bbox holds {box.Length} numbers; it must hold 4 (left, top, width, height)";

    /// <summary>What is wrong with a picture's size; null where nothing is.</summary>
    public static string? SizeProblem(FootageImage image, Size size) =>
        size.Width == image.Width && size.Height == image.Height
            ? null
            : $"has {size.Width}x{size.Height} pixels; its {PackNames.Document} says {image.Width}x{image.Height}";
}
