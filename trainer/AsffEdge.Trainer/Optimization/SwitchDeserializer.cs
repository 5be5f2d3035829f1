using AsffEdge.Trainer.Augmentation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace AsffEdge.Trainer.Optimization;

/// <summary>Lets a step of the augmentation be switched by one word, <c>mixup: false</c>, where its own keys could stand.</summary>
internal sealed class SwitchDeserializer : INodeDeserializer
{
    private static readonly Dictionary<Type, Func<bool, object>> Switches = new()
    {
        [typeof(MixupOptions)] = on => on ? new MixupOptions() : new() { Probability = 0 },
        [typeof(ColourOptions)] = on => on ? new ColourOptions() : new() { Probability = 0 },
        [typeof(ExpansionOptions)] = on => on ? new ExpansionOptions() : new() { Probability = 0 },
        [typeof(CropOptions)] = on => on ? new CropOptions() : new() { Probability = 0 },
        [typeof(MirrorOptions)] = on => on ? new MirrorOptions() : new() { Probability = 0 },
        [typeof(AffineOptions)] = on => on ? new AffineOptions() : new() { Probability = 0 },
    };

    /// <inheritdoc/>
    public bool Deserialize(
        IParser reader,
        Type expectedType,
        Func<IParser, Type, object?> nestedObjectDeserializer,
        out object? value,
        ObjectDeserializer rootDeserializer
    )
    {
        if (
            !reader.Accept<Scalar>(out _)
            || !Switches.TryGetValue(expectedType, out Func<bool, object>? create)
        )
        {
            value = null;
            return false;
        }

        value = create((bool)nestedObjectDeserializer(reader, typeof(bool))!);
        return true;
    }
}
