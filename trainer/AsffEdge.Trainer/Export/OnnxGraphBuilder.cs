using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AsffEdge.Trainer.Export.Onnx;
using Google.Protobuf;

namespace AsffEdge.Trainer.Export;

/// <summary>Collects nodes and initialisers of an ONNX graph.</summary>
internal sealed class OnnxGraphBuilder(string name)
{
    private readonly GraphProto _graph = new() { Name = name };
    private readonly HashSet<string> _initializers = [];
    private int _values;

    /// <summary>Declares a graph input [batch, channels, height, width], all but the channels free.</summary>
    public void AddInput(string name, int channels) =>
        _graph.Input.Add(Describe(name, "batch", channels, "height", "width"));

    /// <summary>Declares a graph output [batch, channels, …], its extent free.</summary>
    public void AddOutput(string name, int channels) =>
        _graph.Output.Add(Describe(name, "batch", channels, $"{name}_height", $"{name}_width"));

    /// <summary>Adds a node and returns the name of its value.</summary>
    public string AddNode(
        string operation,
        ReadOnlySpan<string> inputs,
        ReadOnlySpan<AttributeProto> attributes = default,
        string? output = null
    )
    {
        output ??= $"v{_values++}";
        var node = new NodeProto { OpType = operation, Name = $"{operation}_{_graph.Node.Count}" };
        foreach (string input in inputs)
        {
            node.Input.Add(input);
        }

        node.Output.Add(output);
        foreach (AttributeProto attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        _graph.Node.Add(node);
        return output;
    }

    /// <summary>Gives a value that no node has read yet another name.</summary>
    public void Rename(string value, string name)
    {
        NodeProto producer = _graph.Node.Last(node => node.Output[0] == value);
        producer.Output[0] = name;
    }

    /// <summary>Adds floats as an initialiser, once a name, in the given precision.</summary>
    public string AddFloats(
        string name,
        ReadOnlySpan<float> values,
        ReadOnlySpan<long> shape,
        OnnxType type = OnnxType.Fp32
    )
    {
        if (type == OnnxType.Fp16)
        {
            var halves = new Half[values.Length];
            TensorPrimitives.ConvertToHalf(values, halves);
            return AddInitializer(name, MemoryMarshal.AsBytes(halves.AsSpan()), shape, type);
        }

        return AddInitializer(name, MemoryMarshal.AsBytes(values), shape, type);
    }

    /// <summary>Adds integers as an initialiser, once a name.</summary>
    public string AddIntegers(string name, params ReadOnlySpan<long> values) =>
        AddInitializer(name, MemoryMarshal.AsBytes(values), [values.Length], OnnxType.Index);

    /// <summary>The finished model.</summary>
    public ModelProto Build(
        long irVersion,
        long opset,
        string producerVersion,
        string metadataKey,
        string metadata
    )
    {
        var model = new ModelProto
        {
            IrVersion = irVersion,
            ProducerName = "asff-train",
            ProducerVersion = producerVersion,
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        model.MetadataProps.Add(new StringStringEntryProto { Key = metadataKey, Value = metadata });
        return model;
    }

    public static AttributeProto Integer(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Int,
            I = value,
        };

    public static AttributeProto Number(string name, float value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Float,
            F = value,
        };

    public static AttributeProto Text(string name, string value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.String,
            S = ByteString.CopyFromUtf8(value),
        };

    public static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Ints,
        };
        foreach (long value in values)
        {
            attribute.Ints.Add(value);
        }

        return attribute;
    }

    private static ValueInfoProto Describe(
        string name,
        string batch,
        int channels,
        string height,
        string width
    )
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = batch });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = channels });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = height });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = width });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor
                {
                    ElemType = (int)OnnxType.Fp32,
                    Shape = shape,
                },
            },
        };
    }

    private string AddInitializer(
        string name,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<long> shape,
        OnnxType type
    )
    {
        if (_initializers.Add(name))
        {
            var tensor = new TensorProto
            {
                Name = name,
                DataType = (int)type,
                RawData = ByteString.CopyFrom(data),
            };
            foreach (long size in shape)
            {
                tensor.Dims.Add(size);
            }

            _graph.Initializer.Add(tensor);
        }

        return name;
    }
}
