using OpenCvSharp;
using SkiaSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>How large a picture file is, from its first bytes where that is possible: decoding a large data set only for this takes many minutes.</summary>
internal static class PictureSize
{
    /// <summary>The size that the decoded picture has, turned as its EXIF data say; null where the file is no picture.</summary>
    public static Size? Read(string file)
    {
        using (SKCodec? codec = SKCodec.Create(file))
        {
            if (codec is not null)
            {
                bool lying = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
                return lying
                    ? new Size(codec.Info.Height, codec.Info.Width)
                    : new Size(codec.Info.Width, codec.Info.Height);
            }
        }

        using Mat picture = Cv2.ImRead(file, ImreadModes.Color);
        return picture.Empty() ? null : picture.Size();
    }
}
