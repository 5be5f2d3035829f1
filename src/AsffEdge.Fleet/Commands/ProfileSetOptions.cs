using System.CommandLine;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary>The arguments of <c>asff-fleet profile set</c>.</summary>
internal sealed partial class ProfileSetOptions
{
    private readonly Argument<string> _profile = new("NAME")
    {
        HelpName = "NAME",
        Description =
            $"The profile; {ReservedProfile.Auto}: each agent chooses by its load; {ReservedProfile.Inherit}: give up what was set, so that the group's document or the agent's configuration holds",
    };

    /// <summary>Whom to tell, in which waves, and how to show it.</summary>
    public RolloutArguments Rollout { get; } =
        new(
            "Every agent of a group; without --wave by the group's one document, which later members follow too",
            $"Tell the agents in waves, each by a document of its own: {WaveSizes.Allowed}; a wave starts when the one before has settled"
        );

    private readonly Option<string[]> _cameras = new("--camera")
    {
        Description =
            "CAMERA: only this camera changes, and agents without it are left alone; CAMERA=NAME: this camera gets a profile of its own",
        HelpName = "CAMERA[=NAME]",
    };

    private readonly Option<double> _timeout = CommonOptions.Seconds(
        "--timeout",
        60,
        "How long an agent may take to answer, beyond the time it watches the change (--settle)"
    );

    private readonly Option<double?> _settle = CommonOptions.Number(
        "--settle",
        "SECONDS",
        0,
        3600,
        "How long each agent watches the change before it counts as done; default: 30"
    );

    private readonly Option<double?> _minFps = CommonOptions.Number(
        "--min-fps",
        "N",
        0,
        1000,
        "An agent goes back when a camera is inferred less often a second than this"
    );

    private readonly Option<double?> _maxMemory = CommonOptions.Number(
        "--max-memory-mb",
        "MIB",
        1,
        16 * 1024 * 1024,
        "An agent goes back when it takes more memory than this"
    );

    private readonly Option<bool> _noRollback = new("--no-rollback")
    {
        Description = "An agent that finds the change wanting says so, and keeps it",
    };

    private readonly Option<bool> _replace = new("--replace")
    {
        Description =
            "Keep nothing of the documents that hold, neither profiles of single cameras nor profiles that they add",
    };

    /// <summary>Gives the arguments to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_profile);
        Rollout.AddAllTo(
            command,
            _cameras,
            _timeout,
            _settle,
            _minFps,
            _maxMemory,
            _noRollback,
            _replace
        );
        AddChecksTo(command);
        AddCompletions();
    }

    /// <summary>What to tell.</summary>
    public ProfileChange ReadChange(ParseResult arguments)
    {
        string[][] cameras =
        [
            .. (arguments.GetValue(_cameras) ?? []).Select(camera => camera.Split('=', 2)),
        ];
        DesiredPolicy policy = new(
            arguments.GetValue(_settle),
            arguments.GetValue(_minFps),
            arguments.GetValue(_noRollback) ? false : null
        )
        {
            MaxMemoryMb = arguments.GetValue(_maxMemory),
        };
        return new ProfileChange(arguments.GetValue(_profile)!)
        {
            Only = [.. cameras.Where(camera => camera.Length == 1).Select(camera => camera[0])],
            Cameras = cameras
                .Where(camera => camera.Length == 2)
                .ToDictionary(camera => camera[0], camera => camera[1], StringComparer.Ordinal),
            Policy = policy == new DesiredPolicy(null, null, null) ? null : policy,
            Replace = arguments.GetValue(_replace),
        };
    }

    /// <summary>How to go about it.</summary>
    public RolloutOptions ReadRollout(ParseResult arguments) =>
        new(
            TimeSpan.FromSeconds(arguments.GetValue(_timeout)),
            Rollout.ReadMaxFailures(arguments),
            Rollout.ReadUndo(arguments)
        );
}
