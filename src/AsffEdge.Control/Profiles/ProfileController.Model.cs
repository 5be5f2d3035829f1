using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <content>What fits the model, and what becomes of the profiles when another model takes over.</content>
public sealed partial class ProfileController
{
    /// <summary>Goes on with another model. No other change is made meanwhile, and the profiles change together with the model, between two frames.</summary>
    /// <typeparam name="T">What <paramref name="swap"/> gives.</typeparam>
    /// <param name="book">The configuration's profiles for the model; the cameras must be the same.</param>
    /// <param name="heldDown">Why all cameras are to have the smallest profile until a new document comes, a sentence for people; null: if they have it, they keep it.</param>
    /// <param name="swap">
    /// Puts the model to use, warm at the sizes that it is given. Calls the action, which does not block, between the last frame of the old model
    /// and the first of the new one; where it fails without having done so, nothing has changed.
    /// </param>
    /// <exception cref="DocumentRejectedException">The model does not take a size of a document that is held; nothing has changed.</exception>
    public async Task<T> ChangeModelAsync<T>(
        ProfileBook book,
        string? heldDown,
        Func<IReadOnlyList<int>, Action, Task<T>> swap
    )
    {
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            RequireFit(book);
            heldDown ??= _heldDownReason;
            ProfileAssignment assignment = _inForce is { } inForce
                ? book.Resolve(inForce.Document)
                : book.Local;
            IReadOnlyList<Profile> profiles = Choose(assignment, heldDown);
            int[] sizes = [.. Sizes(profiles)];
            T result = await swap(
                    sizes,
                    () =>
                    {
                        lock (_lock)
                        {
                            _book = book;
                            _heldDownReason = heldDown;
                            Switch(assignment, profiles, Selection.Current.Revision);
                        }
                    }
                )
                .ConfigureAwait(false);
            _warmed.Clear();
            _warmed.UnionWith(sizes);
            Report();
            return result;
        }
        finally
        {
            _oneChange.Release();
        }
    }

    private void RequireFit(ProfileBook book)
    {
        foreach (
            DesiredDocument document in _state
                .Held.Values.Where(held => held.Fits)
                .Select(held => held.Document)
                .Where(document => document.Profile != ReservedProfile.Inherit)
        )
        {
            book.Resolve(document);
        }
    }

    private DocumentRejectedException? WhyUnfit(DesiredDocument document)
    {
        try
        {
            RequireFit(document);
            return null;
        }
        catch (DocumentRejectedException rejection)
        {
            return rejection;
        }
    }

    private void RequireFit(DesiredDocument document)
    {
        if (document.Profile != ReservedProfile.Inherit)
        {
            _book.Resolve(document);
        }
    }

    private static Profile[] HeldDown(ProfileAssignment assignment)
    {
        Profile smallest = assignment.Profiles.Values.MinBy(profile => profile.Size)!;
        return [.. assignment.Cameras.Select(_ => smallest)];
    }
}
