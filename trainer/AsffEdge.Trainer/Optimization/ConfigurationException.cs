namespace AsffEdge.Trainer.Optimization;

/// <summary>A configuration or argument that cannot be used: exit code 2.</summary>
public sealed class ConfigurationException(string message, Exception? inner = null)
    : Exception(message, inner);
