using System.Collections.Concurrent;
using System.Diagnostics;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Tests.Broker;

/// <summary>An agent's link to a broker on this machine, by a clock that the test moves, and what it logs.</summary>
internal sealed class LinkUnderTest : IAsyncDisposable, ILogger<MqttLink>
{
    public const string Agent = "gate-07";

    private readonly ConcurrentQueue<string> _log = new();

    public LinkUnderTest(
        int port,
        string protocol = "5",
        Func<BrokerOptions, BrokerOptions>? with = null,
        TimeProvider? time = null,
        int healthIntervalS = 15,
        CancellationToken stopping = default
    )
    {
        BrokerOptions broker = new()
        {
            Host = "127.0.0.1",
            Port = port,
            Protocol = protocol,
        };
        Link = new MqttLink(
            new LinkOptions(Agent, with?.Invoke(broker) ?? broker, healthIntervalS),
            new Topics(Topics.DefaultRoot),
            BootId.New(Time),
            Board,
            time ?? Time,
            this,
            stopping
        );
    }

    /// <summary>By how much the clock moves at a time.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(500);

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public RetainedBoard Board { get; } = new();

    public MqttLink Link { get; }

    public IReadOnlyCollection<string> Log => _log;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static MqttApplicationMessage Message(
        string topic,
        int bytes = 1,
        int qos = 1,
        bool retain = false
    ) =>
        new()
        {
            Topic = topic,
            PayloadSegment = new byte[bytes],
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos,
            Retain = retain,
        };

    public async Task StartAsync(bool connects = true)
    {
        await Link.StartAsync(Ct);
        if (connects)
        {
            await Link.WaitConnectedAsync(Ct);
        }
    }

    public bool HasLogged(string text) =>
        _log.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Moves the clock until something holds.</summary>
    /// <returns>By how many seconds.</returns>
    public async Task<double> AdvanceUntilAsync(Func<bool> holds, double atMost, string what)
    {
        DateTimeOffset started = Time.GetUtcNow();
        while (!holds())
        {
            double elapsed = (Time.GetUtcNow() - started).TotalSeconds;
            if (elapsed > atMost)
            {
                Assert.Fail(
                    $"in {atMost} s not: {what}; logged:\n{string.Join('\n', _log.TakeLast(50))}"
                );
            }

            Time.Advance(Step);

            // What the network does takes real time.
            for (int waited = 0; waited < 2 && !holds(); waited++)
            {
                await Task.Delay(5, Ct);
            }
        }

        return (Time.GetUtcNow() - started).TotalSeconds;
    }

    public Task<double> AdvanceUntilLoggedAsync(string text, double atMost) =>
        AdvanceUntilAsync(() => HasLogged(text), atMost, $"'{text}' in the log");

    /// <summary>Waits for a line in the log, in real time.</summary>
    public async Task WaitForLogAsync(string text, double seconds = 20)
    {
        Stopwatch waiting = Stopwatch.StartNew();
        while (!HasLogged(text))
        {
            Assert.True(
                waiting.Elapsed.TotalSeconds < seconds,
                $"'{text}' was not logged, but:\n{string.Join('\n', _log)}"
            );
            await Task.Delay(5, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A broker that has fallen silent is not said goodbye to for ever, by the same clock.
        Task stopping = Link.StopAsync(CancellationToken.None);
        while (!stopping.IsCompleted)
        {
            Time.Advance(Step);
            await Task.WhenAny(stopping, Task.Delay(5, CancellationToken.None));
        }

        await stopping;
        Link.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _log.Enqueue($"{logLevel}: {formatter(state, exception)}");
}
