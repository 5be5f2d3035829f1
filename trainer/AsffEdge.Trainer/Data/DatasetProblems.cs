namespace AsffEdge.Trainer.Data;

/// <summary>What is wrong with a data set, collected while it is read, so that a person can mend all of it in one go.</summary>
internal sealed class DatasetProblems
{
    /// <summary>Problems that are spelt out; the rest are counted.</summary>
    public const int Listed = 50;

    private readonly List<Func<string>> _problems = [];
    private int _count;

    /// <summary>Whether there are problems.</summary>
    public bool Any => _count > 0;

    /// <summary>Notes a problem.</summary>
    /// <param name="place">File and line; looked up only if the problem is spelt out.</param>
    /// <param name="message">What is wrong and what is allowed.</param>
    public void Add(Func<string> place, string message)
    {
        if (_count++ < Listed)
        {
            _problems.Add(() => $"{place()}: {message}");
        }
    }

    /// <summary>Notes a problem.</summary>
    /// <param name="file">The file at fault.</param>
    /// <param name="line">From 1; 0 where it concerns the whole file.</param>
    /// <param name="message">What is wrong and what is allowed.</param>
    public void Add(string file, int line, string message) =>
        Add(() => line > 0 ? $"{file}:{line}" : file, message);

    /// <exception cref="InvalidDatasetException">There are problems; lists the first <see cref="Listed"/> and counts the rest.</exception>
    public void ThrowIfAny(string dataset)
    {
        if (_count == 0)
        {
            return;
        }

        string list = string.Join("\n  ", _problems.Select(problem => problem()));
        string rest = _count > Listed ? $"\n  … and {_count - Listed} more" : "";
        throw new InvalidDatasetException(
            $"{dataset}: {_count} problem{(_count == 1 ? "" : "s")}:\n  {list}{rest}"
        );
    }
}
