using AsffEdge.Messaging;

namespace AsffEdge.Control.Commands;

/// <summary>
/// The last answer to each of the last 256 correlation ids, for ten minutes: a command that comes twice is answered again and not carried
/// out again. Thread-safe.
/// </summary>
internal sealed class AnswerMemory(TimeProvider time)
{
    private const int Most = 256;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, (long Since, CommandReply Answer)> _answers = new(
        StringComparer.Ordinal
    );

    /// <summary>The last answer given for <paramref name="correlation"/>, or null.</summary>
    public CommandReply? Find(string correlation)
    {
        lock (_lock)
        {
            Forget();
            return _answers.TryGetValue(correlation, out var remembered) ? remembered.Answer : null;
        }
    }

    /// <summary>Remembers <paramref name="answer"/>; its ten minutes count from the first answer.</summary>
    public void Remember(string correlation, CommandReply answer)
    {
        lock (_lock)
        {
            long since = _answers.TryGetValue(correlation, out var remembered)
                ? remembered.Since
                : time.GetTimestamp();
            _answers[correlation] = (since, answer);
            Forget();
        }
    }

    private void Forget()
    {
        while (
            _answers.Count > Most
            || (_answers.Count > 0 && time.GetElapsedTime(_answers.GetAt(0).Value.Since) > Longest)
        )
        {
            _answers.RemoveAt(0);
        }
    }
}
