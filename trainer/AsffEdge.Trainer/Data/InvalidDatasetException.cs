namespace AsffEdge.Trainer.Data;

/// <summary>A data set that was refused when it was opened, before anything else was done: exit code 2.</summary>
public sealed class InvalidDatasetException : DatasetException
{
    public InvalidDatasetException(string message)
        : base(message) { }

    public InvalidDatasetException(string message, Exception inner)
        : base(message, inner) { }
}
