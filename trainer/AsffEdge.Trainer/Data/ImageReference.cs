using System.Globalization;

namespace AsffEdge.Trainer.Data;

/// <summary>What an image entry's file name stands for: a picture file, or one frame of a video (<c>clip.avi#000123</c>, counted from 1).</summary>
/// <param name="File">The picture's or the video's name.</param>
/// <param name="Frame">The frame's number from 1; 0 for a picture file.</param>
public readonly record struct ImageReference(string File, int Frame)
{
    public bool IsFrame => Frame > 0;

    public static ImageReference Parse(string fileName)
    {
        int hash = fileName.LastIndexOf('#');
        bool isFrame =
            int.TryParse(
                fileName.AsSpan(hash + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int frame
            )
            && hash > 0
            && frame > 0;
        return isFrame
            ? new ImageReference(fileName[..hash], frame)
            : new ImageReference(fileName, 0);
    }

    /// <summary>The entry's file name, the frame with six digits.</summary>
    public override string ToString() =>
        IsFrame ? string.Create(CultureInfo.InvariantCulture, $"{File}#{Frame:D6}") : File;
}
