namespace AsffEdge.Detection;

/// <summary>The anchors of a RetinaNet level at one input size: the same shapes at every cell.</summary>
/// <param name="Shapes">Width and height in input pixels, one pair a prediction.</param>
/// <param name="Step">
/// Input pixels from one cell's anchors to the next cell's: the input's side over the map's, rounded down, as torchvision places them. On
/// the coarsest maps, whose sides are rounded up, it is less than the stride.
/// </param>
/// <param name="InputSize">Side of the input in pixels, which boxes are clipped to.</param>
public sealed record AnchorGrid(IReadOnlyList<float[]> Shapes, int Step, int InputSize);
