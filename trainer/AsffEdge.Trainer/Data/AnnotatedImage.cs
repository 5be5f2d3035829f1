namespace AsffEdge.Trainer.Data;

/// <summary>A picture that annotations are for.</summary>
/// <param name="Id">Unique in the data set: COCO's id, or the picture's number from 1.</param>
/// <param name="FileName">A file under the image folder, or <c>clip.avi#000123</c>: frame 123 of that video, counted from 1.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Place">The file and line that name it, for messages; looked up when asked for.</param>
public sealed record AnnotatedImage(
    long Id,
    string FileName,
    int Width,
    int Height,
    Func<string> Place
);
