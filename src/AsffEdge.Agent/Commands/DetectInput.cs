using AsffEdge.Agent.Cameras;
using OpenCvSharp;

namespace AsffEdge.Agent.Commands;

/// <summary>One picture, video or stream that <c>asff-edge detect</c> works on.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="IsPicture">Whether it is a single picture.</param>
internal sealed record DetectInput(SourceAddress Address, bool IsPicture)
{
    private static readonly HashSet<string> PictureExtensions = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ".bmp",
        ".jpeg",
        ".jpg",
        ".png",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    };

    private static readonly HashSet<string> VideoExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".avi",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpg",
        ".ts",
        ".webm",
    };

    /// <summary>The inputs that an argument names: itself, or the pictures and videos of a folder by name.</summary>
    /// <exception cref="FormatException">It is no source that can be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or nothing to read in the folder; the message names it.</exception>
    public static IReadOnlyList<DetectInput> Expand(string argument)
    {
        SourceAddress address = SourceAddress.Parse(argument);
        if (address.Kind != SourceKind.File)
        {
            return [new DetectInput(address, false)];
        }

        if (!Directory.Exists(argument))
        {
            return File.Exists(argument)
                ? [Of(argument)]
                : throw new FileNotFoundException($"{argument}: no such file or folder");
        }

        DetectInput[] inputs =
        [
            .. Directory
                .EnumerateFiles(argument)
                .Where(file => IsKnown(Path.GetExtension(file)))
                .Order(StringComparer.Ordinal)
                .Select(Of),
        ];
        return inputs.Length > 0
            ? inputs
            : throw new FileNotFoundException(
                $"{argument}: no pictures and no videos in this folder; looked for {string.Join(' ', PictureExtensions.Concat(VideoExtensions))}"
            );
    }

    private static bool IsKnown(string extension) =>
        PictureExtensions.Contains(extension) || VideoExtensions.Contains(extension);

    /// <summary>By its content, and where that says nothing, by its name, so that a damaged picture is reported as one.</summary>
    private static DetectInput Of(string path) =>
        new(
            SourceAddress.Parse(path),
            PictureExtensions.Contains(Path.GetExtension(path)) || Cv2.HaveImageReader(path)
        );
}
