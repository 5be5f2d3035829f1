namespace AsffEdge.Detection;

/// <summary>
/// Turns the raw head maps of one picture into its objects: decoding, the best candidates, non-maximum suppression. Its memory is made
/// once; it allocates nothing afterwards. Not thread-safe.
/// </summary>
public sealed class Postprocessor
{
    // More than a picture can show; bounds the work that a very low threshold may cause.
    private const int MaxCandidates = 8 * RetinaDecoder.MaxCandidates;

    private readonly CandidateBuffer _candidates = new(MaxCandidates);
    private readonly RetinaDecoder _retina;

    /// <summary>A postprocessor that works with at most <paramref name="threads"/> threads; 0: one a core.</summary>
    public Postprocessor(int threads)
    {
        _retina = new RetinaDecoder(threads);
    }

    /// <summary>Finds the objects: best first, boxes in input pixels; RetinaNet's are clipped to the input, YOLOv3's are not.</summary>
    /// <param name="shapes">The maps' layouts, coarsest first.</param>
    /// <param name="map">The map of a level, laid out as <paramref name="shapes"/> says.</param>
    /// <param name="scoreThreshold">Least objectness × class score, 0..1.</param>
    /// <param name="nmsThreshold">Greatest IoU between two objects of a class, 0..1.</param>
    /// <param name="results">Takes the objects; its length is the most that are given.</param>
    /// <returns>How many objects there are.</returns>
    public int Run(
        ReadOnlySpan<HeadShape> shapes,
        Func<int, ReadOnlySpan<float>> map,
        float scoreThreshold,
        float nmsThreshold,
        Span<DetectedObject> results
    )
    {
        _candidates.Clear();
        for (int level = 0; level < shapes.Length; level++)
        {
            if (shapes[level].Anchors is null)
            {
                YoloDecoder.Decode(map(level), shapes[level], scoreThreshold, _candidates);
            }
            else
            {
                _retina.Decode(map(level), shapes[level], scoreThreshold, _candidates);
            }
        }

        Span<DetectedObject> found = _candidates.Best();
        int count = NonMaximumSuppression.Suppress(found, nmsThreshold, results.Length);
        found[..count].CopyTo(results);
        return count;
    }

    /// <summary>Decodes every prediction of one head; see the decoders' own <c>DecodeAll</c>.</summary>
    /// <param name="head">The map, <see cref="HeadShape.Length"/> floats.</param>
    /// <param name="shape">Its layout.</param>
    /// <param name="rows">Takes [<see cref="HeadShape.Boxes"/>, <see cref="HeadShape.ValuesPerRow"/>] floats.</param>
    /// <exception cref="ArgumentException">A span does not have the length of <paramref name="shape"/>.</exception>
    public static void DecodeAll(ReadOnlySpan<float> head, in HeadShape shape, Span<float> rows)
    {
        if (shape.Anchors is null)
        {
            YoloDecoder.DecodeAll(head, shape, rows);
        }
        else
        {
            RetinaDecoder.DecodeAll(head, shape, rows);
        }
    }

    /// <summary>
    /// From input pixels to fractions of the picture, clipped to it. A box's centre lies in a cell, so that some of every box is inside.
    /// </summary>
    /// <param name="objects">Objects with boxes in pixels of the input; changed in place.</param>
    /// <param name="size">Side of the input in pixels.</param>
    public static void ToFractions(Span<DetectedObject> objects, int size)
    {
        foreach (ref DetectedObject found in objects)
        {
            found = found with { Box = found.Box.ToFractions(size) };
        }
    }
}
