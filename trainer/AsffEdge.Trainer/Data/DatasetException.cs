namespace AsffEdge.Trainer.Data;

/// <summary>Data that cannot be used. The message names the file, what is wrong, and what is allowed.</summary>
public class DatasetException : Exception
{
    public DatasetException(string message)
        : base(message) { }

    public DatasetException(string message, Exception inner)
        : base(message, inner) { }
}
