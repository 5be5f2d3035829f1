using System.CommandLine;
using System.Globalization;
using AsffEdge.Detection;
using AsffEdge.Trainer.Export;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train golden</c>: an ONNX file gets a picture by which devices check it.</summary>
public static class GoldenCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<FileInfo>("model")
        {
            Description = "ONNX file, changed in place; its graph stays as it is.",
        };
        var image = new Option<string>("--image")
        {
            Description =
                "Picture, or frame of a video (clip.avi#600), in which the model finds something.",
            Required = true,
        };
        var sizes = new Option<int[]?>("--sizes")
        {
            Description =
                "Input sizes to look with, up to four (default: the model's smallest and its default).",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "golden",
            "Add a golden picture to an ONNX file, or replace it: a small picture with what the model finds in it now. Devices run it before they use the file. The file's own checksum is written anew.\n\nExample: asff-train golden models/street.onnx --image street.jpg"
        )
        {
            model,
            image,
            sizes,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    FileInfo file = parsed.GetRequiredValue(model);
                    int[]? given = parsed.GetValue(sizes);
                    GoldenPicture golden = GoldenExport.Replace(
                        file.FullName,
                        GoldenPictures.Of(parsed.GetRequiredValue(image)),
                        given is { Length: > 0 } ? given : null,
                        parsed.InvocationConfiguration.Output
                    );
                    foreach (GoldenSize size in golden.Sizes)
                    {
                        Console.WriteLine(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{file}: {size.Objects.Count} objects at size {size.Size}, scores from {size.Objects.Min(found => found.Score):F2} to {size.Objects.Max(found => found.Score):F2}"
                            )
                        );
                    }

                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{file}: picture of {golden.Picture.Length / 1e3:F1} kB"
                        )
                    );
                    return 0;
                }
            )
        );
        return command;
    }
}
