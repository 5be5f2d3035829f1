namespace AsffEdge.Trainer.Data;

/// <summary>Pictures and objects of one training step. Dispose it when the step has copied them: the memory is used again.</summary>
public sealed class Batch : IDisposable
{
    /// <summary>Objects an image at most; the rest are left out.</summary>
    public const int MaxObjects = 50;

    /// <summary>Values an object: class, centre x, centre y, width, height, weight.</summary>
    public const int ValuesPerObject = 6;

    private readonly Action<Batch> _release;
    private float[] _images = [];
    private float[] _targets = [];
    private bool _lent;

    internal Batch(Action<Batch> release) => _release = release;

    /// <summary>Which epoch, from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>Which step since the start of training, from 0.</summary>
    public int Step { get; private set; }

    /// <summary>Side of the pictures in pixels.</summary>
    public int Size { get; private set; }

    /// <summary>Pictures in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>[Count, 3, Size, Size]: RGB, normalised.</summary>
    public Memory<float> Images => _images.AsMemory(0, Count * 3 * Size * Size);

    /// <summary>
    /// [Count, 50, 6]: class, centre x, centre y, width, height in pixels of the input, and weight (below 1 only where mixup
    /// blended the picture). Rows after an image's last object are 0 throughout.
    /// </summary>
    public Memory<float> Targets => _targets.AsMemory(0, Count * MaxObjects * ValuesPerObject);

    /// <summary>The samples' numbers in the data set.</summary>
    public int[] Indices { get; private set; } = [];

    /// <summary>The pictures' names.</summary>
    public string[] Names { get; private set; } = [];

    /// <summary>Gives the memory back; the batch must not be used afterwards.</summary>
    public void Dispose()
    {
        if (_lent)
        {
            _lent = false;
            _release(this);
        }
    }

    internal void Begin(int epoch, int step, int size, int[] indices)
    {
        _lent = true;
        (Epoch, Step, Size, Count, Indices) = (epoch, step, size, indices.Length, indices);
        Names = new string[Count];
        Reserve(ref _images, Count * 3 * size * size);
        Reserve(ref _targets, Count * MaxObjects * ValuesPerObject);
        Targets.Span.Clear();
    }

    internal void SetTargets(int position, List<LabelledBox> boxes)
    {
        Span<float> rows = Targets.Span.Slice(
            position * MaxObjects * ValuesPerObject,
            MaxObjects * ValuesPerObject
        );
        for (int index = 0; index < Math.Min(boxes.Count, MaxObjects); index++)
        {
            LabelledBox box = boxes[index];
            Span<float> row = rows.Slice(index * ValuesPerObject, ValuesPerObject);
            row[0] = box.ClassId;
            row[1] = box.Left + box.Width / 2;
            row[2] = box.Top + box.Height / 2;
            row[3] = box.Width;
            row[4] = box.Height;
            row[5] = box.Weight;
        }
    }

    private static void Reserve(ref float[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = GC.AllocateUninitializedArray<float>(length);
        }
    }
}
