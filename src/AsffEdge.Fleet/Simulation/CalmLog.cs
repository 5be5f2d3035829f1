using Microsoft.Extensions.Logging;

namespace AsffEdge.Fleet.Simulation;

/// <summary>
/// The log of all simulated agents: warnings about the broker and errors, a line now and then, because a thousand agents say the same a
/// thousand times. What they think of documents is in what they report.
/// </summary>
internal sealed class CalmLog(Action<string> note, TimeProvider time) : ILoggerFactory
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private static readonly string AboutBroker = typeof(Control.Broker.MqttLink).Namespace!;

    private readonly Lock _lock = new();
    private long? _last;
    private int _more;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        new Logger(
            this,
            categoryName.StartsWith(AboutBroker, StringComparison.Ordinal)
                ? LogLevel.Warning
                : LogLevel.Error
        );

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("this log goes nowhere else");

    /// <inheritdoc/>
    public void Dispose() { }

    private void Write(string text)
    {
        lock (_lock)
        {
            if (_last is { } last && time.GetElapsedTime(last) < Between)
            {
                _more++;
                return;
            }

            note(_more == 0 ? text : $"{text} (and {_more} more since the last line)");
            _last = time.GetTimestamp();
            _more = 0;
        }
    }

    private sealed class Logger(CalmLog log, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

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
                log.Write(formatter(state, exception));
            }
        }
    }
}
