using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>The profiles that <c>auto</c> may choose from, one a size, the smallest first.</summary>
public sealed class Ladder
{
    private readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal);

    /// <summary>The rungs up to <see cref="AutoOptions.MaxProfile"/>.</summary>
    /// <param name="profiles">The profiles there are, at least one; of two of one size the first is taken.</param>
    /// <param name="options">The limits; a limit that names no profile of <paramref name="profiles"/> does not limit.</param>
    public Ladder(IEnumerable<Profile> profiles, AutoOptions options)
    {
        SortedList<int, Profile> bySize = [];
        foreach (Profile profile in profiles)
        {
            bySize.TryAdd(profile.Size, profile);
            _sizes[profile.Name] = profile.Size;
        }

        Rungs = [.. bySize.Values]; // all of them, to find the limit
        Rungs = [.. bySize.Values.Take(AtMost(options.MaxProfile) + 1)];
        Floor = options.MinProfile is null ? 0 : AtMost(options.MinProfile);
    }

    /// <summary>The profiles, the smallest size first.</summary>
    public IReadOnlyList<Profile> Rungs { get; }

    /// <summary>The index below which load alone does not lead.</summary>
    public int Floor { get; }

    /// <summary>The index of the largest rung that is no larger than the profile; without such a profile, of the largest.</summary>
    public int AtMost(string? profile) =>
        AtMost(_sizes.GetValueOrDefault(profile ?? "", int.MaxValue));

    /// <summary>The index of the largest rung of at most <paramref name="size"/> pixels; the smallest when all are larger.</summary>
    public int AtMost(int size)
    {
        int rung = Rungs.Count - 1;
        while (rung > 0 && Rungs[rung].Size > size)
        {
            rung--;
        }

        return rung;
    }
}
