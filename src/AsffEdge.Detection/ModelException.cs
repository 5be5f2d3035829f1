namespace AsffEdge.Detection;

/// <summary>
/// A model file that cannot be used. The message names the file, what is wrong with it, and what is allowed.
/// </summary>
public sealed class ModelException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ModelException(ModelFault fault, string message, Exception? cause = null)
        : base(message, cause)
    {
        Fault = fault;
    }

    /// <summary>What is wrong, for programs.</summary>
    public ModelFault Fault { get; }
}
