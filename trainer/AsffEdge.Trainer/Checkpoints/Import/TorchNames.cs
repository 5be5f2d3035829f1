namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>The Python names that PyTorch's files may ask for, and what stands for them here.</summary>
internal static class TorchNames
{
    private static readonly Dictionary<string, object> Known = new()
    {
        ["torch.DoubleStorage"] = ElementType.Float64,
        ["torch.FloatStorage"] = ElementType.Float32,
        ["torch.HalfStorage"] = ElementType.Float16,
        ["torch.BFloat16Storage"] = ElementType.BFloat16,
        ["torch.LongStorage"] = ElementType.Int64,
        ["torch.IntStorage"] = ElementType.Int32,
        ["torch.ShortStorage"] = ElementType.Int16,
        ["torch.CharStorage"] = ElementType.Int8,
        ["torch.ByteStorage"] = ElementType.UInt8,
        ["torch.BoolStorage"] = ElementType.Bool,
    };

    static TorchNames()
    {
        Add(
            "collections.OrderedDict",
            arguments => arguments is [] ? new PickleDictionary() : null
        );
        Add("torch.Size", arguments => arguments is [object?[] sizes] ? sizes : null);
        Add("torch.device", arguments => arguments is [string device, ..] ? device : null);
        // The rest of the arguments, in both: whether gradients are wanted, hooks, and since PyTorch 2 metadata.
        Add("torch._utils._rebuild_tensor", Rebuild);
        Add("torch._utils._rebuild_tensor_v2", Rebuild);
        Add(
            "torch._utils._rebuild_parameter",
            arguments => arguments is [TorchTensor tensor, ..] ? tensor : null
        );
    }

    /// <summary>What stands for a name; null when it is not allowed.</summary>
    public static object? Resolve(string name) => Known.GetValueOrDefault(name);

    private static void Add(string name, Func<object?[], object?> make) =>
        Known[name] = new PickleFunction(
            name,
            arguments =>
                make(arguments)
                ?? throw new InvalidDataException(
                    $"{name} is called with {arguments.Length} arguments of a kind that torch.save does not write"
                )
        );

    private static TorchTensor? Rebuild(object?[] arguments) =>
        arguments is [TorchStorage storage, long offset, object?[] shape, object?[] strides, ..]
            ? new TorchTensor(storage, offset, shape, strides)
            : null;
}
