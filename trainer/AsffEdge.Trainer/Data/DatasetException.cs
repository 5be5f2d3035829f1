namespace AsffEdge.Trainer.Data;

/// <summary>A data set that cannot be used. The message names the file, lists what is wrong, and says what is allowed.</summary>
public sealed class DatasetException : Exception
{
    private const int Listed = 20;

    public DatasetException(string message)
        : base(message) { }

    public DatasetException(string message, Exception inner)
        : base(message, inner) { }

    /// <summary>Several problems of one file in one message, so that they can be mended in one go; the first 20 are spelt out.</summary>
    /// <param name="file">The file at fault.</param>
    /// <param name="problems">At least one problem, each with what is allowed.</param>
    public DatasetException(string file, IReadOnlyCollection<string> problems)
        : base(Describe(file, problems)) { }

    private static string Describe(string file, IReadOnlyCollection<string> problems)
    {
        string list = string.Join("\n  ", problems.Take(Listed));
        string rest = problems.Count > Listed ? $"\n  … and {problems.Count - Listed} more" : "";
        return $"{file}: {problems.Count} problem{(problems.Count == 1 ? "" : "s")}:\n  {list}{rest}";
    }
}
