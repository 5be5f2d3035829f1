using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>One picture with its objects.</summary>
/// <param name="Image">8UC3, BGR. May share its pixels with a cache: read only.</param>
/// <param name="Boxes">The objects to train on, in pixels of <paramref name="Image"/>; crowds are not among them.</param>
/// <param name="Name">The picture's name in the data set.</param>
public sealed record Sample(Mat Image, LabelledBox[] Boxes, string Name) : IDisposable
{
    public void Dispose() => Image.Dispose();
}
