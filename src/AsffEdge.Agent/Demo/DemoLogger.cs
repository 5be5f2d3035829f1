using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Demo;

/// <summary>Brings the agent's warnings into the demo's display, where they do not tear the table apart.</summary>
internal sealed class DemoLogger(Action<string> write) : ILoggerProvider, ILogger
{
    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    /// <inheritdoc />
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
        {
            string cause = exception is null ? "" : $": {exception.Message}";
            write($"{logLevel}: {formatter(state, exception)}{cause}");
        }
    }

    /// <inheritdoc />
    public void Dispose() { }
}
