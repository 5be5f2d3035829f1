namespace AsffEdge.Trainer.Checkpoints;

/// <summary>Another program is writing what was to be written.</summary>
/// <param name="message">Names it, and says what is allowed.</param>
/// <param name="inner">What was reported.</param>
internal sealed class FileInUseException(string message, Exception inner)
    : IOException(message, inner);
