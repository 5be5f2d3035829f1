using AsffEdge.Control.Profiles;
using AsffEdge.Fleet.Rollouts;

namespace AsffEdge.Fleet.Journal;

/// <summary>Writes a roll-out into the journal. A journal that cannot be written is said to be so, and holds nothing up.</summary>
/// <param name="journal">The journal; null: there is no place for one.</param>
/// <param name="note">Takes what a person should know.</param>
internal sealed class RolloutRecorder(RolloutJournal? journal, Action<string> note)
{
    /// <summary>Before anything is sent.</summary>
    public void Start(string id, string broker, RolloutPlan plan)
    {
        string[] groups =
        [
            .. plan.Orders.Where(order => order.IsGroup).Select(order => order.Name),
        ];
        Append(
            new RolloutStarted(id, plan.Head.Issued!.Value)
            {
                Broker = broker,
                By = plan.Head.By!,
                Profile = plan.Change.Profile,
                Only = plan.Change.Only.Count > 0 ? plan.Change.Only : null,
                Cameras = plan.Change.Cameras.Count > 0 ? plan.Change.Cameras : null,
                Groups = groups.Length > 0 ? groups : null,
                Agents = [.. plan.Targets.Select(target => target.Agent)],
                Waves = [.. plan.Waves.Select(wave => wave.Targets.Count)],
                Revs = JournalRevisions.Of([
                    .. plan.Orders.Select(order => (order.Name, order.Document.Rev)),
                ]),
            }
        );
    }

    /// <summary>After the end.</summary>
    public void End(string id, RolloutResult result, DateTime now)
    {
        (string Name, long Rev)[] undone =
        [
            .. result
                .Agents.Where(agent => agent.Undo is not null)
                .Select(agent => (Name(agent), agent.Undo!.Rev))
                .Distinct(),
        ];
        Append(
            new RolloutEnded(id, now)
            {
                End = result.End,
                Done =
                [
                    .. result
                        .Agents.Where(agent => agent.Outcome == AgentOutcome.Done)
                        .Select(agent => agent.Agent),
                ],
                Others =
                [
                    .. result
                        .Agents.Where(agent => agent.Outcome != AgentOutcome.Done)
                        .Select(agent => new JournalAgent(
                            agent.Agent,
                            agent.Outcome,
                            agent.Code,
                            agent.Detail
                        )),
                ],
                UndoRevs = undone.Length > 0 ? JournalRevisions.Of(undone) : null,
            }
        );
    }

    // A group's document is kept under the group's name.
    private static string Name(AgentResult agent) =>
        agent.Source == DocumentSource.Agent
            ? agent.Agent
            : agent.Source[DocumentSource.Group("").Length..];

    private void Append(JournalLine line)
    {
        try
        {
            journal?.Append(line);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            note(
                $"{journal!.Path} cannot be written, so the history will lack this: {error.Message}"
            );
        }
    }
}
