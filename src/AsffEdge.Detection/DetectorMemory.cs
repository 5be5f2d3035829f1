namespace AsffEdge.Detection;

/// <summary>A detector's inputs and outputs: native memory that is made once for the largest size, and its bindings to the session by size.</summary>
internal sealed class DetectorMemory : IDisposable
{
    private readonly ModelFile _model;
    private readonly AlignedBuffer[] _inputs;
    private readonly AlignedBuffer[] _heads;
    private readonly BoundSize?[] _bySize;

    /// <summary>Memory for <paramref name="inputs"/> pictures and the maps of one.</summary>
    public DetectorMemory(ModelFile model, int inputs)
    {
        _model = model;
        InputManifest input = model.Manifest.Input;
        _inputs =
        [
            .. Enumerable
                .Range(0, inputs)
                .Select(_ => new AlignedBuffer(3 * input.MaxSize * input.MaxSize)),
        ];
        _heads =
        [
            .. HeadShape
                .All(model.Manifest, input.MaxSize)
                .Select(head => new AlignedBuffer(head.Length)),
        ];
        _bySize = new BoundSize?[((input.MaxSize - input.MinSize) / input.SizeStep) + 1];
    }

    /// <summary>The pixels of an input of a size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it takes.</exception>
    public Span<float> Input(int input, int size)
    {
        RequireSize(size);
        return _inputs[input].Span[..(3 * size * size)];
    }

    /// <summary>The first <paramref name="length"/> numbers of the map of a level.</summary>
    public ReadOnlySpan<float> Head(int level, int length) => _heads[level].Span[..length];

    /// <summary>The bindings of a size; made at its first use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it takes.</exception>
    public BoundSize Bind(int size)
    {
        RequireSize(size);
        InputManifest input = _model.Manifest.Input;
        return _bySize[(size - input.MinSize) / input.SizeStep] ??= new(
            _model,
            size,
            _inputs,
            _heads
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BoundSize? bound in _bySize)
        {
            bound?.Dispose();
        }

        foreach (AlignedBuffer buffer in (IEnumerable<AlignedBuffer>)[.. _inputs, .. _heads])
        {
            buffer.Dispose();
        }
    }

    private void RequireSize(int size)
    {
        ObjectDisposedException.ThrowIf(_inputs[0].IsClosed, typeof(Detector));
        InputManifest input = _model.Manifest.Input;
        if (!input.Allows(size))
        {
            throw new ArgumentOutOfRangeException(
                nameof(size),
                size,
                $"model '{_model.Content.Path}' takes {input.DescribeSizes()}"
            );
        }
    }
}
