namespace AsffEdge.Control.Profiles;

/// <summary>What a document that was taken has led to.</summary>
/// <param name="Change">The number of the change of profiles that it made, see <see cref="ProfileSelection.Snapshot"/>; null: none.</param>
/// <param name="Note">Why it made none, a sentence for people.</param>
public readonly record struct CarriedOut(long? Change, string? Note);
