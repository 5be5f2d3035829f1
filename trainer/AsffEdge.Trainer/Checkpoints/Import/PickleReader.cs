using System.Buffers.Binary;
using System.Text;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>
/// Executes a pickle that describes tensors. A pickle is a program for a stack machine, which in Python may call anything; this
/// machine makes null, booleans, numbers, strings, tuples (<c>object?[]</c>), lists, dictionaries and what the caller's two
/// functions give for a name or a persistent id. Whatever else a pickle asks for is refused by name.
/// </summary>
internal sealed class PickleReader
{
    // Every operation makes at most one small object, so that this also bounds the stack, the memo and the memory; a pickle of
    // a network of 500 tensors has some 20,000.
    private const int MaxOperations = 1_000_000;

    private const int MaxProtocol = 5;

    private readonly Func<string, object?> _resolve;
    private readonly Func<object?, object?> _load;
    private readonly PickleInput _input;
    private readonly PickleStack _stack;

    /// <summary>A reader of one pickle.</summary>
    /// <param name="stream">Where the pickle is; read up to its last byte and no further.</param>
    /// <param name="resolve">What stands for a Python name: a <see cref="PickleFunction"/>, a value, or null when there is no such thing.</param>
    /// <param name="load">What stands for a persistent id.</param>
    public PickleReader(Stream stream, Func<string, object?> resolve, Func<object?, object?> load)
    {
        _resolve = resolve;
        _load = load;
        _input = new PickleInput(stream);
        _stack = new PickleStack(_input);
    }

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="InvalidDataException">The pickle is damaged, too large, or asks for something that is not allowed.</exception>
    public object? Read()
    {
        for (int operation = 0; operation < MaxOperations; operation++)
        {
            PickleOpcode opcode = _input.ReadOpcode();
            if (opcode == PickleOpcode.Stop)
            {
                return _stack.Pop();
            }

            Execute(opcode);
        }

        throw _input.Wrong($"is longer than {MaxOperations} operations");
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                int protocol = _input.ReadByte();
                if (protocol > MaxProtocol)
                {
                    throw _input.Wrong($"has protocol {protocol}; allowed: up to {MaxProtocol}");
                }

                break;
            case PickleOpcode.Frame:
                _input.Read(8); // says how much to read at once, which matters to nobody here
                break;
            case PickleOpcode.Mark:
                _stack.Mark();
                break;
            case PickleOpcode.Pop:
                _stack.Pop();
                break;
            case PickleOpcode.PopMark:
                _stack.PopToMark();
                break;
            case PickleOpcode.Duplicate:
                _stack.Push(_stack.Peek());
                break;
            case PickleOpcode.BinaryPut:
                _stack.Remember((uint)_input.ReadByte());
                break;
            case PickleOpcode.LongBinaryPut:
                _stack.Remember(_input.ReadUInt32());
                break;
            case PickleOpcode.Memoize:
                _stack.Memoize();
                break;
            case PickleOpcode.BinaryGet:
                _stack.Push(_stack.Recall((uint)_input.ReadByte()));
                break;
            case PickleOpcode.LongBinaryGet:
                _stack.Push(_stack.Recall(_input.ReadUInt32()));
                break;
            case PickleOpcode.Global:
                _stack.Push(Resolve(opcode, _input.ReadLine(), _input.ReadLine()));
                break;
            case PickleOpcode.StackGlobal:
                (object? name, object? module) = (_stack.Pop(), _stack.Pop());
                _stack.Push(
                    Resolve(
                        opcode,
                        module as string ?? throw _input.Wrong("names a module that is no string"),
                        name as string ?? throw _input.Wrong("names something that is no string")
                    )
                );
                break;
            case PickleOpcode.Reduce:
                Call();
                break;
            case PickleOpcode.Build:
                Build();
                break;
            case PickleOpcode.BinaryPersistentId:
                _stack.Push(_load(_stack.Pop()));
                break;
            default:
                if (!PushNumberOrText(opcode) && !PushContainer(opcode))
                {
                    throw Refuse(opcode);
                }

                break;
        }
    }

    private bool PushNumberOrText(PickleOpcode opcode)
    {
        object? value;
        switch (opcode)
        {
            case PickleOpcode.None:
                value = null;
                break;
            case PickleOpcode.NewTrue or PickleOpcode.NewFalse:
                value = opcode == PickleOpcode.NewTrue;
                break;
            case PickleOpcode.BinaryInteger:
                value = (long)BinaryPrimitives.ReadInt32LittleEndian(_input.Read(4));
                break;
            case PickleOpcode.BinaryInteger1:
                value = (long)_input.ReadByte();
                break;
            case PickleOpcode.BinaryInteger2:
                value = (long)BinaryPrimitives.ReadUInt16LittleEndian(_input.Read(2));
                break;
            case PickleOpcode.Long1:
                value = _input.ReadInteger((uint)_input.ReadByte());
                break;
            case PickleOpcode.Long4:
                value = _input.ReadInteger(_input.ReadUInt32());
                break;
            case PickleOpcode.BinaryFloat:
                value = BinaryPrimitives.ReadDoubleBigEndian(_input.Read(8));
                break;
            case PickleOpcode.ShortBinaryUnicode:
                value = _input.ReadText((ulong)_input.ReadByte(), Encoding.UTF8);
                break;
            case PickleOpcode.BinaryUnicode:
                value = _input.ReadText(_input.ReadUInt32(), Encoding.UTF8);
                break;
            case PickleOpcode.BinaryUnicode8:
                value = _input.ReadText(
                    BinaryPrimitives.ReadUInt64LittleEndian(_input.Read(8)),
                    Encoding.UTF8
                );
                break;
            // What Python 2 calls a string.
            case PickleOpcode.ShortBinaryString:
                value = _input.ReadText((ulong)_input.ReadByte(), Encoding.Latin1);
                break;
            case PickleOpcode.BinaryString:
                value = _input.ReadText(_input.ReadUInt32(), Encoding.Latin1);
                break;
            default:
                return false;
        }

        _stack.Push(value);
        return true;
    }

    private bool PushContainer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple:
                _stack.Push(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                _stack.Push(_stack.Pop(opcode - PickleOpcode.Tuple1 + 1));
                break;
            case PickleOpcode.Tuple:
                _stack.Push(_stack.PopToMark());
                break;
            case PickleOpcode.EmptyList:
                _stack.Push(new List<object?>());
                break;
            case PickleOpcode.List:
                _stack.Push(new List<object?>(_stack.PopToMark()));
                break;
            case PickleOpcode.Append:
                object? item = _stack.Pop();
                _stack.Top<List<object?>>("a list").Add(item);
                break;
            case PickleOpcode.Appends:
                object?[] items = _stack.PopToMark();
                _stack.Top<List<object?>>("a list").AddRange(items);
                break;
            case PickleOpcode.EmptyDictionary:
                _stack.Push(new PickleDictionary());
                break;
            case PickleOpcode.Dictionary:
                object?[] entries = _stack.PopToMark();
                _stack.Push(new PickleDictionary());
                SetItems(entries);
                break;
            case PickleOpcode.SetItem:
                (object? value, object? key) = (_stack.Pop(), _stack.Pop());
                _stack.Top<PickleDictionary>("a dictionary").Add(key, value);
                break;
            case PickleOpcode.SetItems:
                SetItems(_stack.PopToMark());
                break;
            default:
                return false;
        }

        return true;
    }

    private void SetItems(object?[] entries)
    {
        PickleDictionary dictionary = _stack.Top<PickleDictionary>("a dictionary");
        if (entries.Length % 2 != 0)
        {
            throw _input.Wrong("sets a key without a value");
        }

        for (int i = 0; i < entries.Length; i += 2)
        {
            dictionary.Add(entries[i], entries[i + 1]);
        }
    }

    private void Call()
    {
        object?[] arguments =
            _stack.Pop() as object?[]
            ?? throw _input.Wrong("calls something without a tuple of arguments");
        object? target = _stack.Pop();
        _stack.Push(
            target is PickleFunction function
                ? function.Call(arguments)
                : throw _input.Wrong($"calls {PickleStack.Describe(target)}, which is no function")
        );
    }

    /// <summary>Attributes of an ordered dictionary, where PyTorch keeps the versions of a state's modules, are dropped.</summary>
    private void Build()
    {
        object? attributes = _stack.Pop();
        object? target = _stack.Peek();
        if (target is not PickleDictionary || attributes is not PickleDictionary)
        {
            throw _input.Wrong(
                $"sets attributes of {PickleStack.Describe(target)} (BUILD); allowed: those of a dictionary"
            );
        }
    }

    private object Resolve(PickleOpcode opcode, string module, string name) =>
        _resolve($"{module}.{name}") ?? throw Asks($"{module}.{name}", opcode);

    private InvalidDataException Refuse(PickleOpcode opcode) =>
        opcode switch
        {
            PickleOpcode.Instance => Asks($"{_input.ReadLine()}.{_input.ReadLine()}", opcode),
            PickleOpcode.Object => AsksForObject(opcode, _stack.PopToMark().FirstOrDefault()),
            PickleOpcode.NewObject => AsksForObject(opcode, _stack.Pop(2)[0]),
            PickleOpcode.NewObjectWithKeywords => AsksForObject(opcode, _stack.Pop(3)[0]),
            PickleOpcode.PersistentId => Asks($"the persistent id '{_input.ReadLine()}'", opcode),
            PickleOpcode.Extension1 or PickleOpcode.Extension2 or PickleOpcode.Extension4 => Asks(
                "an entry of the extension registry",
                opcode
            ),
            _ => _input.Wrong($"has the opcode 0x{(byte)opcode:x2}"),
        };

    private InvalidDataException AsksForObject(PickleOpcode opcode, object? type) =>
        Asks($"an object of {PickleStack.Describe(type)}", opcode);

    private InvalidDataException Asks(string what, PickleOpcode opcode) =>
        _input.Wrong($"asks for {Printable.Of(what)} (opcode {opcode})");
}
