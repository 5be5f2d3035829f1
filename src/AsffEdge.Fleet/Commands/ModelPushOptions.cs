using System.CommandLine;
using System.CommandLine.Parsing;
using AsffEdge.Fleet.Models;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary>The arguments of <c>asff-fleet model push</c>.</summary>
internal sealed class ModelPushOptions
{
    private readonly Argument<string> _source = new("FILE|URL")
    {
        HelpName = "FILE|URL",
        Description =
            "The model: a file of this machine, which agents then fetch from the broker, or an http(s) address at which they can fetch it",
    };

    private readonly Option<double> _shadow = Seconds(
        "--shadow",
        60,
        "How long each agent runs it in the shadow of the model in use before it uses it; 0: not at all"
    );

    private readonly Option<double?> _minAgreement = CommonOptions.Number(
        "--min-agreement",
        "SHARE",
        0,
        1,
        "An agent does not use it when less than this share of the objects is found by both models in the shadow"
    );

    private readonly Option<double> _settle = Seconds(
        "--settle",
        60,
        "How long each agent watches it once in use; it goes back when inference fails, is too slow, or finds next to nothing any more"
    );

    private readonly Option<bool> _stageOnly = new("--stage-only")
    {
        Description = "Agents fetch and check it, and wait; the same push later uses it at once",
    };

    private readonly Option<string?> _signature = new("--signature", "-s")
    {
        Description = "A file with its signature, as 'asff-fleet model sign' prints it",
        HelpName = "FILE",
    };

    private readonly Option<double> _fetchWithin = CommonOptions.Seconds(
        "--fetch-timeout",
        600,
        "How long an agent may take to fetch and check it"
    );

    private readonly Option<double> _timeout = CommonOptions.Seconds(
        "--timeout",
        60,
        "How long an agent may take to answer, beyond --shadow and --settle"
    );

    private readonly Option<int> _chunkBytes = new("--chunk-bytes")
    {
        Description =
            "Bytes of a part at the broker; smaller where the broker takes only small messages",
        HelpName = "N",
        DefaultValueFactory = _ => ModelStageCommand.DefaultChunkBytes,
    };

    /// <summary>Whom to tell, in which waves, and how to show it.</summary>
    public RolloutArguments Rollout { get; } =
        new(
            "Every agent of a group",
            $"Tell the agents in waves: {WaveSizes.Allowed}; a wave starts when the one before has settled"
        );

    /// <summary>Gives the arguments to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_source);
        Rollout.AddAllTo(
            command,
            _shadow,
            _minAgreement,
            _settle,
            _stageOnly,
            _signature,
            _fetchWithin,
            _timeout,
            _chunkBytes
        );
        _chunkBytes.Validators.Add(result =>
        {
            const int Least = ModelStageCommand.LeastChunkBytes;
            const int Most = ModelStageCommand.MostChunkBytes;
            if (result.GetValueOrDefault<int>() is var bytes and (< Least or > Most))
            {
                result.AddError(
                    $"--chunk-bytes is {bytes}; allowed: a whole number from {Least} to {Most}"
                );
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(_stageOnly) && result.GetValue(_minAgreement) is not null)
            {
                result.AddError(
                    "--stage-only runs nothing in the shadow; --min-agreement is not allowed with it"
                );
            }
        });
    }

    /// <summary>Where the model is.</summary>
    public string ReadSource(ParseResult arguments) => arguments.GetValue(_source)!;

    /// <summary>What each agent is told.</summary>
    /// <exception cref="FleetException">The signature cannot be read.</exception>
    public ModelOrder ReadOrder(ParseResult arguments, ModelFile model) =>
        new(model.Sha256, model.Size, Rollout.ReadAuthor(arguments))
        {
            Url = model.Url?.ToString(),
            ChunkBytes = arguments.GetValue(_chunkBytes),
            Signature = arguments.GetValue(_signature) is { } file ? ReadSignature(file) : null,
            StageOnly = arguments.GetValue(_stageOnly),
            ShadowS = arguments.GetValue(_shadow),
            MinAgreement = arguments.GetValue(_minAgreement),
            SettleS = arguments.GetValue(_settle),
        };

    /// <summary>How to go about it.</summary>
    public ModelRolloutOptions ReadRollout(ParseResult arguments) =>
        new(
            TimeSpan.FromSeconds(arguments.GetValue(_fetchWithin)),
            TimeSpan.FromSeconds(arguments.GetValue(_timeout)),
            Rollout.ReadMaxFailures(arguments),
            Rollout.ReadUndo(arguments)
        );

    private static string ReadSignature(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FleetException($"--signature {file} cannot be read: {error.Message}");
        }

        byte[] bytes = new byte[ModelSignature.Bytes];
        return Convert.TryFromBase64String(text, bytes, out int length) && length == bytes.Length
            ? text
            : throw new FleetException(
                $"--signature {file} holds no signature; expected {ModelSignature.Bytes} bytes in base64, as 'asff-fleet model sign' prints them"
            );
    }

    private static Option<double> Seconds(string name, double fallback, string description)
    {
        Option<double?> number = CommonOptions.Number(
            name,
            "SECONDS",
            0,
            ModelActivateCommand.MostS,
            description
        );
        return new Option<double>(name)
        {
            Description = description,
            HelpName = "SECONDS",
            DefaultValueFactory = _ => fallback,
            CustomParser = result => number.CustomParser!(result) ?? fallback,
        };
    }
}
