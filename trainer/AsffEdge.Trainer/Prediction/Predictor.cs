using AsffEdge.Detection;

namespace AsffEdge.Trainer.Prediction;

/// <summary>Opens models.</summary>
public static class Predictor
{
    /// <summary>Detections a picture at most; COCO counts the best hundred of a class.</summary>
    internal const int MaxDetections = 300;

    /// <summary>Opens an ONNX file (<c>.onnx</c>) or a checkpoint (anything else).</summary>
    /// <exception cref="ModelException">The ONNX file cannot be used.</exception>
    /// <exception cref="InvalidDataException">The checkpoint cannot be used.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IPredictor Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"model '{path}' does not exist");
        }

        return Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase)
            ? new OnnxPredictor(path)
            : new CheckpointPredictor(path);
    }

    /// <summary>Decodes the maps of one picture, level by level.</summary>
    internal static float[] DecodeAll(
        ReadOnlySpan<HeadShape> shapes,
        Func<int, ReadOnlySpan<float>> map
    )
    {
        int length = 0;
        foreach (HeadShape shape in shapes)
        {
            length += shape.Boxes * shape.ValuesPerRow;
        }

        float[] rows = new float[length];
        int offset = 0;
        for (int level = 0; level < shapes.Length; level++)
        {
            int count = shapes[level].Boxes * shapes[level].ValuesPerRow;
            Postprocessor.DecodeAll(map(level), shapes[level], rows.AsSpan(offset, count));
            offset += count;
        }

        return rows;
    }
}
