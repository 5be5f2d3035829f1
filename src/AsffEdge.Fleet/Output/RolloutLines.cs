using AsffEdge.Fleet.Rollouts;

namespace AsffEdge.Fleet.Output;

/// <summary>A roll-out as plain lines, as it goes on: each wave, and each agent that fails.</summary>
internal static class RolloutLines
{
    /// <summary>Writes to <paramref name="output"/> from now on.</summary>
    public static void Follow(Rollout rollout, TextWriter output)
    {
        TextWriter lines = TextWriter.Synchronized(output);
        rollout.WaveStarted += wave =>
            lines.WriteLine(
                $"{Wave(rollout, wave)}: {RolloutText.Agents(rollout.Plan.Waves[wave].Targets.Count)}"
            );
        rollout.WaveEnded += (wave, took) =>
            lines.WriteLine(
                $"{Wave(rollout, wave)}: {Counts(rollout.Forward, wave)} after {RolloutText.Seconds(took)}"
            );
        rollout.AgentChanged += (agent, isUndo) =>
        {
            if (agent.Outcome.IsFailure())
            {
                lines.WriteLine((isUndo ? "undo: " : "") + RolloutText.Line(agent));
            }
        };
        rollout.Stopping += failures =>
            lines.WriteLine($"stopped: {RolloutText.Agents(failures)} failed");
        rollout.UndoStarted += agents =>
            lines.WriteLine($"bringing back what was before on {RolloutText.Agents(agents)}");
    }

    private static string Wave(Rollout rollout, int wave) =>
        FormattableString.Invariant($"wave {wave + 1} of {rollout.Plan.Waves.Count}");

    private static string Counts(RolloutTracker tracker, int wave) =>
        RolloutText.Counts(outcome => tracker.Count(other => other == outcome, wave));
}
