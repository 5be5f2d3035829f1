using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>A document to publish.</summary>
/// <param name="Name">The agent or the group it is for.</param>
/// <param name="IsGroup">Whether that is a group.</param>
/// <param name="Document">The document.</param>
/// <param name="Previous">What it replaces; null: nothing was asked for.</param>
internal sealed record Order(
    string Name,
    bool IsGroup,
    DesiredDocument Document,
    DesiredDocument? Previous
)
{
    /// <summary>What agents call this source in <c>reported</c>.</summary>
    public string Source => IsGroup ? DocumentSource.Group(Name) : DocumentSource.Agent;

    /// <summary>Where it is published.</summary>
    public string Topic(Topics topics) =>
        IsGroup ? topics.GroupDesired(Name) : topics.Desired(Name);

    /// <summary>The document that brings back what was before, under a newer revision.</summary>
    /// <param name="head">Time, author and the least revision.</param>
    public Order Undo(DesiredDocument head)
    {
        head = head with { Rev = Math.Max(head.Rev, Document.Rev + 1) };
        return this with
        {
            Document = Previous is { } previous
                ? previous with
                {
                    Rev = head.Rev,
                    Issued = head.Issued,
                    By = head.By,
                }
                : head with
                {
                    Profile = ReservedProfile.Inherit,
                },
            Previous = Document,
        };
    }
}

/// <summary>An agent from which an answer is expected.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Order">The document it is told by.</param>
internal sealed record Target(string Agent, Order Order);

/// <summary>What is published at once.</summary>
/// <param name="Orders">The documents.</param>
/// <param name="Targets">Who is to answer.</param>
internal sealed record Wave(IReadOnlyList<Order> Orders, IReadOnlyList<Target> Targets);

/// <summary>All that a roll-out will do unless it is stopped.</summary>
/// <param name="Change">What is wanted.</param>
/// <param name="Head">Time, author and the least revision of every document.</param>
/// <param name="Waves">The waves in order.</param>
/// <param name="Warnings">What a person should know before, a sentence each.</param>
internal sealed record RolloutPlan(
    ProfileChange Change,
    DesiredDocument Head,
    IReadOnlyList<Wave> Waves,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Who is to answer, in order.</summary>
    public IEnumerable<Target> Targets => Waves.SelectMany(wave => wave.Targets);

    /// <summary>The documents, in order.</summary>
    public IEnumerable<Order> Orders => Waves.SelectMany(wave => wave.Orders);
}
