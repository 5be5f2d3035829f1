using System.CommandLine;
using AsffEdge.Fleet.Rollouts;

namespace AsffEdge.Fleet.Commands;

/// <summary>The arguments of every roll-out: whom to tell, in which waves, and when to stop.</summary>
/// <param name="groups">How groups are told, for the help.</param>
/// <param name="waves">How waves are told, for the help.</param>
internal sealed class RolloutArguments(string groups, string waves) : TargetArguments(groups)
{
    private readonly Option<WaveSizes?> _waves = new("--wave", "-w")
    {
        Description = waves,
        HelpName = "STEPS",
        CustomParser = result =>
        {
            WaveSizes? sizes = WaveSizes.Parse(result.Tokens[0].Value);
            if (sizes is null)
            {
                result.AddError(
                    $"--wave is '{result.Tokens[0].Value}'; allowed: {WaveSizes.Allowed}"
                );
            }

            return sizes;
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

    /// <summary>Whether only the plan is shown.</summary>
    public Option<bool> DryRun { get; } =
        new("--dry-run", "-n") { Description = "Show who would be told what, and send nothing" };

    /// <inheritdoc cref="TargetArguments.AddTo"/>
    public void AddAllTo(Command command, params IEnumerable<Option> own)
    {
        AddTo(command, [_waves, _maxFailures, _undo, .. own, DryRun]);
        _maxFailures.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--max-failures is negative; allowed: 0 and more");
            }
        });
    }

    /// <summary>In which waves; null: all at once.</summary>
    public WaveSizes? ReadWaves(ParseResult arguments) => arguments.GetValue(_waves);

    /// <summary>The most failures with which it goes on.</summary>
    public int ReadMaxFailures(ParseResult arguments) => arguments.GetValue(_maxFailures);

    /// <summary>Whether what was before is brought back when it stops.</summary>
    public bool ReadUndo(ParseResult arguments) => arguments.GetValue(_undo);
}
