using System.Collections.Concurrent;
using System.Text;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Outbox;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Outbox;

/// <summary>An outbox in a folder of its own, which can be closed, or left as a crash leaves it, and opened again.</summary>
internal sealed class OutboxFixture : IDisposable
{
    // In memory where the system has such a place: these tests are about what is written, not about how long a disk takes for it.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(
        Path.Combine(
            Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
            $"asff-edge-tests-{Guid.NewGuid():N}"
        )
    );
    private readonly string _path;
    private int _written;

    public OutboxFixture(OutboxOptions? options = null, string? path = null)
    {
        _path = path ?? _folder.FullName;
        Options = options ?? new OutboxOptions();
        Outbox = Open();
    }

    public OutboxOptions Options { get; }

    public FakeTimeProvider Time { get; } = new();

    public DiskOutbox Outbox { get; private set; }

    public LogLines Log { get; } = new();

    public Degradations Degradations { get; } = new();

    public string File => Path.Combine(_path, DiskOutbox.FileName);

    /// <summary>Closes it, does something to its file and opens it again.</summary>
    public void Reopen(Action? between = null)
    {
        Outbox.Dispose();
        between?.Invoke();
        Outbox = Open();
    }

    /// <summary>Goes on with a copy of the files as they are now, which is what a crash leaves.</summary>
    public void Crash(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(_path))
        {
            System.IO.File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), true);
        }
    }

    public DiskOutbox Open(string? folder = null, string owner = "asff-edge/v1/gate-07") =>
        new(folder ?? _path, owner, Options, Degradations, Time, Log);

    /// <summary>Adds a message whose payload is its number.</summary>
    public int Add(OutboxKind kind = OutboxKind.Event, int padding = 0)
    {
        Outbox.Append([NewEntry(kind, ++_written, padding)]);
        return _written;
    }

    public static OutboxEntry NewEntry(OutboxKind kind, int number, int padding = 0) =>
        new(kind, "t", Encoding.UTF8.GetBytes($"{number}{new string(' ', padding)}"));

    /// <summary>The numbers of what waits, in the order in which it would be sent; acknowledges nothing.</summary>
    public static List<int> Waiting(DiskOutbox outbox) =>
        [.. outbox.Peek(int.MaxValue).Select(Number)];

    public static int Number(OutboxMessage message) =>
        int.Parse(Encoding.UTF8.GetString(message.Entry.Payload).Trim(), null);

    public void Dispose()
    {
        Outbox.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>What was logged.</summary>
    internal sealed class LogLines : ILogger<DiskOutbox>
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _lines.Enqueue(formatter(state, exception));
    }
}
