using AsffEdge.Fleet.Output;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Requests;

/// <summary>What one agent had to say to a command, or that it said nothing; also a line of JSON.</summary>
/// <param name="Agent">The agent's id.</param>
/// <param name="State"><c>accepted</c>, <c>done</c>, <c>failed</c>; <c>no_answer</c> or <c>offline</c> where none came.</param>
/// <param name="Code">Why, as the agent says; null without an answer.</param>
/// <param name="Rev">The command's revision, where it has one.</param>
/// <param name="TookMs">Milliseconds the agent took.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record AnswerLine(
    string Agent,
    string State,
    string? Code,
    long? Rev,
    long? TookMs,
    string? Detail
)
{
    private const string Done = "done";
    private const string Accepted = "accepted";

    /// <summary>The footage that the answer is about; null: none.</summary>
    public FootageAnswer? Footage { get; init; }

    /// <summary>Whether nothing else is to be expected of the agent.</summary>
    public bool IsLast() => State != Accepted;

    /// <summary>Whether the agent has done it.</summary>
    public bool IsDone() => State == Done;

    /// <summary>The line of an answer.</summary>
    public static AnswerLine Of(CommandReply reply) =>
        new(
            reply.Agent,
            ContractName.Of(reply.State),
            ContractName.Of(reply.Code),
            reply.Rev,
            reply.TookMs,
            reply.Detail
        )
        {
            Footage = reply.Footage,
        };

    /// <summary>The line of an agent that is not there to answer.</summary>
    public static AnswerLine Offline(string agent) =>
        new(agent, "offline", null, null, null, "commands are not kept for who is away");

    /// <summary>The line of an agent that has not answered, or not for the last time.</summary>
    public static AnswerLine Missing(string agent, TimeSpan waited) =>
        new(agent, "no_answer", null, null, null, $"none within {waited.TotalSeconds:0.#} s");
}
