namespace AsffEdge.Messaging;

/// <summary>Finds the name somebody probably meant.</summary>
public static class NearestName
{
    private const int LongestCompared = 64;

    /// <summary>
    /// The candidate with the smallest edit distance to <paramref name="word"/>, or null when none is near enough
    /// (more than a third of the letters differ) to be worth suggesting.
    /// </summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        if (word.Length > LongestCompared)
        {
            return null;
        }

        string? nearest = null;
        int least = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int distance = Distance(word, candidate);
            int tolerated = Math.Max(1, Math.Max(word.Length, candidate.Length) / 3);
            if (distance < least && distance <= tolerated)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>"; did you mean 'x'? Allowed: x, y": the tail of a message about an unknown name.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> allowed)
    {
        string suggestion = Find(word, allowed) is { } nearest
            ? $"; did you mean '{nearest}'? Allowed: "
            : "; allowed: ";
        return allowed.Count == 0
            ? "; none is allowed here"
            : suggestion + string.Join(", ", allowed);
    }

    /// <summary>Edit distance in which exchanging two neighbours counts once (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            distance[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            distance[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(
                    substitution,
                    Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1
                );
                bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                distance[i, j] = exchanged ? Math.Min(best, distance[i - 2, j - 2] + 1) : best;
            }
        }

        return distance[a.Length, b.Length];
    }
}
