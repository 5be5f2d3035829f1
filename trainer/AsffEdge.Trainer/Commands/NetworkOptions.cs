using System.CommandLine;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands;

/// <summary>The options that name a network on the command line.</summary>
internal sealed class NetworkOptions
{
    private readonly Option<string> _variant = new("--variant")
    {
        Description = $"Network: {string.Join(", ", Variants.Names)}.",
        DefaultValueFactory = _ => "asff",
    };

    private readonly Option<int> _classes = new("--classes")
    {
        Description = "Number of classes.",
        DefaultValueFactory = _ => 80,
    };

    private readonly Option<double> _backboneWidth = new("--backbone-width")
    {
        Description = "Multiplies the backbone's channels; 1 is the paper.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<double> _neckWidth = new("--neck-width")
    {
        Description = "Multiplies the channels of neck, fusion and heads; 1 is the paper.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<FileInfo?> _config = new("--config")
    {
        Description =
            "Take the network of a training configuration instead, and its classes where it lists them.",
    };

    public void AddTo(Command command)
    {
        command.Add(_variant);
        command.Add(_classes);
        command.Add(_backboneWidth);
        command.Add(_neckWidth);
        command.Add(_config);
    }

    public NetworkConfiguration Read(ParseResult parsed)
    {
        if (parsed.GetValue(_config) is { } file)
        {
            TrainingConfiguration configuration = TrainingConfiguration.Read(file.FullName);
            int labels = configuration.Data.Labels.Count;
            return configuration.Model.CreateNetwork(
                labels > 0 ? labels : parsed.GetValue(_classes)
            );
        }

        var model = new ModelOptions
        {
            Variant = parsed.GetRequiredValue(_variant),
            BackboneWidth = parsed.GetValue(_backboneWidth),
            NeckWidth = parsed.GetValue(_neckWidth),
        };
        return model.CreateNetwork(parsed.GetValue(_classes));
    }
}
