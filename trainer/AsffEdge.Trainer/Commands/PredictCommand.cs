using System.CommandLine;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Prediction;
using OpenCvSharp;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train predict</c>: every decoded prediction as a tensor, to compare one implementation with another.</summary>
public static class PredictCommand
{
    private const string InputTensor = "images";
    private const string OutputTensor = "predictions";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<FileInfo>("model") { Description = "Checkpoint or ONNX file." };
        var inputs = new Argument<FileInfo[]>("inputs")
        {
            Description =
                "Images, or one safetensors file with a tensor 'images' [N,3,S,S], normalised.",
            Arity = ArgumentArity.OneOrMore,
        };
        var size = new Option<int>("--size")
        {
            Description = "Input size for images, a multiple of 32.",
            DefaultValueFactory = _ => 416,
        };
        var output = new Option<FileInfo>("--out")
        {
            Description = "safetensors file to write, with the tensor 'predictions'.",
            Required = true,
        };
        var command = new Command(
            "predict",
            "Write the decoded predictions (xc, yc, w, h, objectness, classes), all of them.\n\nExample: asff-train predict models/pedestrian.onnx images.safetensors --out predictions.safetensors"
        )
        {
            model,
            inputs,
            size,
            output,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    CommandErrors.RequireWritable(
                        [
                            parsed.GetRequiredValue(model).FullName,
                            .. parsed.GetRequiredValue(inputs).Select(input => input.FullName),
                        ],
                        parsed.GetRequiredValue(output)
                    );
                    using IPredictor predictor = Predictor.Open(
                        parsed.GetRequiredValue(model).FullName
                    );
                    (float[] images, int count, int side) = ReadInputs(
                        predictor.Manifest,
                        parsed.GetRequiredValue(inputs),
                        CommandErrors.RequireSize(parsed.GetValue(size))
                    );
                    Write(predictor, images, count, side, parsed.GetRequiredValue(output).FullName);
                    return 0;
                }
            )
        );
        return command;
    }

    private static void Write(
        IPredictor predictor,
        float[] images,
        int count,
        int size,
        string path
    )
    {
        int inputLength = 3 * size * size;
        int columns = 5 + predictor.Manifest.Labels.Count;
        float[] all = [];
        for (int i = 0; i < count; i++)
        {
            float[] rows = predictor.Predict(images.AsSpan(i * inputLength, inputLength), size);
            if (i == 0)
            {
                all = new float[count * rows.Length];
            }

            rows.CopyTo(all, i * rows.Length);
        }

        long[] shape = [count, all.Length / count / columns, columns];
        SafetensorsFile.Write(
            path,
            [KeyValuePair.Create(OutputTensor, new SafeTensor(shape, all))]
        );
        Console.WriteLine($"{path}: {OutputTensor} [{string.Join(", ", shape)}]");
    }

    private static (float[] Images, int Count, int Size) ReadInputs(
        ModelManifest manifest,
        FileInfo[] inputs,
        int size
    )
    {
        if (
            inputs.Length == 1
            && inputs[0].Extension.Equals(".safetensors", StringComparison.OrdinalIgnoreCase)
        )
        {
            return ReadTensor(inputs[0].FullName);
        }

        using var preprocessor = new Preprocessor(manifest.Input);
        int inputLength = 3 * size * size;
        float[] images = new float[inputs.Length * inputLength];
        for (int i = 0; i < inputs.Length; i++)
        {
            using Mat picture = inputs[i].Exists
                ? Cv2.ImRead(inputs[i].FullName, ImreadModes.Color)
                : throw new DatasetException($"{inputs[i]}: there is no such file");
            if (picture.Empty())
            {
                throw new DatasetException(
                    $"{inputs[i]}: not an image that can be decoded; allowed: JPEG, PNG, BMP, TIFF, WebP"
                );
            }

            preprocessor.Run(picture, size, images.AsSpan(i * inputLength, inputLength));
        }

        return (images, inputs.Length, size);
    }

    private static (float[] Images, int Count, int Size) ReadTensor(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        if (!file.Contains(InputTensor))
        {
            throw new InvalidDataException(
                $"{path}: there is no tensor '{InputTensor}'; it holds {string.Join(", ", file.Names)}"
            );
        }

        SafeTensor images = file[InputTensor];
        if (images.Shape is not [> 0, 3, var rows, var columns] || rows != columns)
        {
            throw new InvalidDataException(
                $"{path}: '{InputTensor}' has shape [{string.Join(", ", images.Shape)}]; allowed: [N, 3, S, S]"
            );
        }

        return (images.Values, (int)images.Shape[0], CommandErrors.RequireSize((int)rows));
    }
}
