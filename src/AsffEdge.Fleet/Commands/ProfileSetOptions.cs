using System.CommandLine;
using System.Globalization;
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

    private readonly Option<string[]> _agents = new("--agent", "-a")
    {
        Description = "An agent; several may be given",
        HelpName = "ID",
    };

    private readonly Option<string[]> _groups = new("--group", "-g")
    {
        Description =
            "Every agent of a group; without --wave by the group's one document, which later members follow too",
        HelpName = "GROUP",
    };

    private readonly Option<bool> _all = new("--all") { Description = "Every agent" };

    private readonly Option<string[]> _cameras = new("--camera")
    {
        Description =
            "CAMERA: only this camera changes, and agents without it are left alone; CAMERA=NAME: this camera gets a profile of its own",
        HelpName = "CAMERA[=NAME]",
    };

    private readonly Option<WaveSizes?> _waves = new("--wave", "-w")
    {
        Description =
            $"Tell the agents in waves, each by a document of its own: {WaveSizes.Allowed}; a wave starts when the one before has settled",
        HelpName = "STEPS",
        CustomParser = result =>
        {
            WaveSizes? waves = WaveSizes.Parse(result.Tokens[0].Value);
            if (waves is null)
            {
                result.AddError(
                    $"--wave is '{result.Tokens[0].Value}'; allowed: {WaveSizes.Allowed}"
                );
            }

            return waves;
        },
    };

    private readonly Option<int> _maxFailures = new("--max-failures")
    {
        Description =
            "Stop when more agents than this refuse, roll back or do not answer; those that are offline do not count",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<bool> _undo = new("--undo")
    {
        Description = "When it stops, bring back what was before on every agent that was told",
    };

    private readonly Option<double> _timeout = CommonOptions.Seconds(
        "--timeout",
        60,
        "How long an agent may take to answer, beyond the time it watches the change (--settle)"
    );

    private readonly Option<double?> _settle = Number(
        "--settle",
        "SECONDS",
        0,
        3600,
        "How long each agent watches the change before it counts as done; default: 30"
    );

    private readonly Option<double?> _minFps = Number(
        "--min-fps",
        "N",
        0,
        1000,
        "An agent goes back when a camera is inferred less often a second than this"
    );

    private readonly Option<double?> _maxMemory = Number(
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

    private readonly Option<string> _by = new("--by")
    {
        Description = "Who wants it, for the history",
        HelpName = "NAME",
        DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}",
    };

    /// <summary>Whether only the plan is shown.</summary>
    public Option<bool> DryRun { get; } =
        new("--dry-run", "-n") { Description = "Show who would be told what, and send nothing" };

    /// <summary>Whether nobody is asked.</summary>
    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask first" };

    /// <summary>How long retained messages may take.</summary>
    public Option<double> Wait { get; } = CommonOptions.Wait();

    /// <summary>Whether the result is JSON.</summary>
    public Option<bool> Json { get; } =
        CommonOptions.Json(
            "Write the result as one object of JSON; progress goes to standard error"
        );

    /// <summary>Gives the arguments to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_profile);
        Option[] options =
        [
            _agents,
            _groups,
            _all,
            _cameras,
            _waves,
            _maxFailures,
            _undo,
            _timeout,
            _settle,
            _minFps,
            _maxMemory,
            _noRollback,
            _replace,
            _by,
            DryRun,
            Yes,
            Json,
            Wait,
        ];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }

        AddChecksTo(command);
        AddCompletions();
    }

    /// <summary>Whom to tell.</summary>
    public TargetChoice ReadTargets(ParseResult arguments) =>
        new(
            arguments.GetValue(_agents) ?? [],
            arguments.GetValue(_groups) ?? [],
            arguments.GetValue(_all)
        );

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

    /// <summary>In which waves; null: all at once.</summary>
    public WaveSizes? ReadWaves(ParseResult arguments) => arguments.GetValue(_waves);

    /// <summary>Who wants it.</summary>
    public string ReadAuthor(ParseResult arguments) => arguments.GetValue(_by)!;

    /// <summary>How to go about it.</summary>
    public RolloutOptions ReadRollout(ParseResult arguments) =>
        new(
            TimeSpan.FromSeconds(arguments.GetValue(_timeout)),
            arguments.GetValue(_maxFailures),
            arguments.GetValue(_undo)
        );

    private static Option<double?> Number(
        string name,
        string value,
        double least,
        double most,
        string description
    ) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            CustomParser = result =>
            {
                bool isNumber = double.TryParse(
                    result.Tokens[0].Value,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double number
                );
                if (!isNumber || !(number >= least && number <= most))
                {
                    result.AddError(
                        FormattableString.Invariant(
                            $"{name} is '{result.Tokens[0].Value}'; allowed: a number from {least} to {most}"
                        )
                    );
                }

                return number;
            },
        };
}
