namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>The stack of a pickle's machine, its marks, and its memo.</summary>
/// <param name="input">Where the operations come from, for errors.</param>
internal sealed class PickleStack(PickleInput input)
{
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];

    /// <summary>A value in words, for errors.</summary>
    public static string Describe(object? value) =>
        value switch
        {
            null => "None",
            PickleFunction function => function.Name,
            string text => $"the string '{Printable.Of(text)}'",
            object?[] => "a tuple",
            List<object?> => "a list",
            PickleDictionary => "a dictionary",
            TorchTensor => "a tensor",
            _ => "a value",
        };

    public void Push(object? value) => _stack.Add(value);

    public object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    /// <summary>The topmost values, the deepest first.</summary>
    public object?[] Pop(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    public object? Peek() =>
        _stack.Count > (_marks.Count > 0 ? _marks[^1] : 0)
            ? _stack[^1]
            : throw input.Wrong("takes from an empty stack");

    /// <summary>The container on top, which something is added to.</summary>
    public T Top<T>(string expected)
        where T : class =>
        Peek() as T ?? throw input.Wrong($"adds to {Describe(Peek())} as if it were {expected}");

    /// <summary>The values above the last mark, which goes with them; the deepest first.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw input.Wrong("looks for a mark that is not there");
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        object?[] items = new object?[_stack.Count - mark];
        _stack.CopyTo(mark, items, 0, items.Length);
        _stack.RemoveRange(mark, items.Length);
        return items;
    }

    public void Mark() => _marks.Add(_stack.Count);

    public void Remember(uint index) => _memo[index] = Peek();

    public void Memoize() => Remember((uint)_memo.Count);

    public object? Recall(uint index) =>
        _memo.TryGetValue(index, out object? value)
            ? value
            : throw input.Wrong($"recalls entry {index} of its memo, which is not there");
}
