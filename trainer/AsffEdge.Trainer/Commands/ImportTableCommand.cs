using System.CommandLine;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Optimization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train import-table</c>: a table of detections on a video becomes a training set.</summary>
public static class ImportTableCommand
{
    public static Command Create()
    {
        var detections = new Option<FileInfo>("--detections")
        {
            Description =
                "Table of boxes: frame (from 1), id, left, top, width, height, score, … separated by commas.",
            Required = true,
        };
        var video = new Option<FileInfo>("--video")
        {
            Description = "The video that the frames are of.",
            Required = true,
        };
        var from = new Option<int>("--from")
        {
            Description = "First frame, from 1.",
            DefaultValueFactory = _ => 1,
        };
        var to = new Option<int?>("--to")
        {
            Description = "Last frame, included (default: the video's last).",
        };
        var minScore = new Option<double>("--min-score")
        {
            Description = "Lowest score of a box that is taken, 0 to 1.",
            DefaultValueFactory = _ => 0.5,
        };
        var label = new Option<string>("--label")
        {
            Description = "The class that the boxes are of.",
            DefaultValueFactory = _ => "person",
        };
        var output = new Option<FileInfo>("--out")
        {
            Description = "COCO JSON to write.",
            Required = true,
        };
        var command = new Command(
            "import-table",
            "Turn a table of detections on a video into COCO annotations."
        )
        {
            detections,
            video,
            from,
            to,
            minScore,
            label,
            output,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                    Run(
                        parsed.GetRequiredValue(detections),
                        parsed.GetRequiredValue(video),
                        parsed.GetValue(from),
                        parsed.GetValue(to),
                        parsed.GetValue(minScore),
                        parsed.GetRequiredValue(label),
                        parsed.GetRequiredValue(output),
                        parsed.InvocationConfiguration.Output
                    )
            )
        );
        return command;
    }

    private static int Run(
        FileInfo detections,
        FileInfo video,
        int from,
        int? to,
        double minScore,
        string label,
        FileInfo output,
        TextWriter console
    )
    {
        CommandErrors.RequireWritable([detections.FullName, video.FullName], output);
        IReadOnlyList<MotRow> rows = MotTable.Read(detections.FullName);
        using var capture = new VideoCapture(video.FullName, VideoCaptureAPIs.FFMPEG);
        if (!capture.IsOpened())
        {
            throw new DatasetException($"{video}: cannot be opened as a video");
        }

        int last = to ?? capture.FrameCount;
        if (from < 1 || last < from || last > capture.FrameCount)
        {
            throw new ConfigurationException(
                $"--from {from} --to {last}: not a range of frames of {video}; allowed: 1 to {capture.FrameCount}"
            );
        }

        CocoDocument document = MotImport.ToCoco(
            rows,
            video.Name,
            capture.FrameWidth,
            capture.FrameHeight,
            from,
            last,
            minScore,
            label
        );
        document.Write(output.FullName);
        console.WriteLine(
            $"{output}: {document.Images.Count} images, {document.Annotations.Count} boxes of '{label}'"
        );
        return 0;
    }
}
