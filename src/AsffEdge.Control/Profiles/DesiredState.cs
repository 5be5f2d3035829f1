using System.Collections.Immutable;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>The documents an agent holds and which of them is in force: all that must survive a restart. Immutable.</summary>
/// <param name="Order">The sources that count, strongest first.</param>
public sealed record DesiredState(IReadOnlyList<string> Order)
{
    /// <summary>The last good document of each source that has sent one.</summary>
    public ImmutableDictionary<string, HeldDocument> Held { get; init; } =
        ImmutableDictionary<string, HeldDocument>.Empty;

    /// <summary>What settled last, which a rollback goes back to; null: the local configuration.</summary>
    public SourcedDocument? LastGood { get; init; }

    /// <summary>The document of the strongest source that asks for something; null: none does.</summary>
    public SourcedDocument? Strongest
    {
        get
        {
            string? source = Order.FirstOrDefault(source =>
                Held.TryGetValue(source, out HeldDocument? held)
                && held.Fits
                && held.Document.Profile != ReservedProfile.Inherit
            );
            return source is null ? null : new SourcedDocument(source, Held[source].Document);
        }
    }

    /// <summary>What is to be in force: the strongest document, what settled last where that one was rolled back, or null: the local configuration.</summary>
    public SourcedDocument? InForce =>
        Strongest is { } strongest && Held[strongest.Source].Failure is { RolledBack: true }
            ? LastGood
            : Strongest;

    /// <summary>Whether what is in force has yet to show that the device bears it.</summary>
    public bool IsOnTrial =>
        Strongest is { } strongest
        && Held[strongest.Source].Failure is null
        && !SourcedDocument.AreSame(strongest, LastGood);

    /// <summary>This with a newer document of a source.</summary>
    public DesiredState With(string source, DesiredDocument document) =>
        Replace(source, new HeldDocument(document));

    /// <summary>This after another start of the process. A document that has not settled in three starts is given up: it may be what ends the process.</summary>
    public DesiredState AfterStart()
    {
        if (!IsOnTrial)
        {
            return this;
        }

        const int Most = 3;
        SourcedDocument strongest = Strongest!;
        HeldDocument held = Held[strongest.Source];
        held = held with { Starts = held.Starts + 1 };
        return held.Starts < Most
            ? Replace(strongest.Source, held)
            : Replace(strongest.Source, held)
                .Failed(
                    new DocumentFailure(
                        ResultCode.Failed,
                        $"the agent has started {Most} times before it had settled",
                        RolledBack: true
                    )
                );
    }

    /// <summary>This with the local configuration or what is in force as what settled last.</summary>
    public DesiredState Settled()
    {
        DesiredState settled = this with { LastGood = InForce };
        return Strongest is { } strongest
            ? settled.Replace(strongest.Source, Held[strongest.Source] with { Starts = 0 })
            : settled;
    }

    /// <summary>This after what is in force has failed: the strongest document, or else what was gone back to.</summary>
    public DesiredState Failed(DocumentFailure failure) =>
        Strongest is { } strongest && Held[strongest.Source].Failure is not { RolledBack: true }
            ? Replace(strongest.Source, Held[strongest.Source] with { Failure = failure })
            : this with
            {
                LastGood = null,
            };

    private DesiredState Replace(string source, HeldDocument held) =>
        this with
        {
            Held = Held.SetItem(source, held),
        };
}
