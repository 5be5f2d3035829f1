using AsffEdge.Detection;
using AsffEdge.Trainer.Augmentation;
using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>Makes one sample at a time and writes it into its place in a batch; one worker's scratch memory.</summary>
internal sealed class SampleWriter(IDetectionDataset dataset, BatchLoaderOptions options)
    : IDisposable
{
    private readonly Augmenter _augmenter = new(dataset, NetworkInput.MeanColour(options.Input));
    private readonly Preprocessor _preprocessor = new(options.Input);
    private readonly Mat _picture = new();
    private readonly List<LabelledBox> _boxes = [];

    public void Write(
        Batch batch,
        int position,
        AugmentationOptions augmentation,
        SampleRandom random
    )
    {
        _picture.Create(batch.Size, batch.Size, MatType.CV_8UC3);
        batch.Names[position] = _augmenter.Make(
            batch.Indices[position],
            augmentation,
            random,
            _picture,
            _boxes
        );
        batch.SetTargets(position, _boxes);
        int values = 3 * batch.Size * batch.Size;
        _preprocessor.Run(_picture, batch.Size, batch.Images.Span.Slice(position * values, values));
    }

    public void Dispose()
    {
        _augmenter.Dispose();
        _preprocessor.Dispose();
        _picture.Dispose();
    }
}
