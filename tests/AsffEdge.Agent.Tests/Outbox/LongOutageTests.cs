using System.Diagnostics;
using System.Globalization;
using System.Text;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Outbox;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;

namespace AsffEdge.Agent.Tests.Outbox;

/// <summary>The broker is away for an hour in which 40 events a second happen, as fast as they can be written.</summary>
[Trait("Category", "Slow")]
public sealed class LongOutageTests
{
    private const int Events = 144_000;
    private const int Bytes = 900; // of an event

    [Fact]
    public async Task An_hour_of_events_is_kept_and_sent_in_order_with_flat_memory()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        using TemporaryFolder folder = new();
        MqttOptions options = new()
        {
            Host = "127.0.0.1",
            Outbox = new OutboxOptions { DrainPerS = 10_000 },
        };
        using DiskOutbox outbox = new(
            folder.Path,
            "gate-07",
            options.Outbox,
            new Degradations(),
            TimeProvider.System,
            NullLogger<DiskOutbox>.Instance
        );
        string filler = new('x', Bytes - 40);
        List<double> memory = [];
        Stopwatch writing = Stopwatch.StartNew();
        for (int seq = 1; seq <= Events; )
        {
            List<OutboxEntry> batch = [];
            for (int i = 0; i < 100; i++, seq++)
            {
                string payload = $$"""{"seq":{{seq}},"late":false,"x":"{{filler}}"}""";
                batch.Add(new OutboxEntry(OutboxKind.Event, "e", Encoding.UTF8.GetBytes(payload)));
            }

            outbox.Append(batch);
            Measure(memory, seq);
        }

        writing.Stop();
        Assert.Equal(Events, outbox.Status.Depth);
        long disk = Directory.GetFiles(folder.Path).Sum(file => new FileInfo(file).Length);

        await using Mosquitto broker = new()
        {
            Listener = "max_queued_messages 0\nset_tcp_nodelay true\n",
        };
        await broker.StartAsync();
        using Receiver receiver = await Receiver.ConnectAsync(broker.Port, ct);
        using MqttLink link = NewLink(options with { Port = broker.Port });
        using OutboxSender sender = new(outbox, link, options, TimeProvider.System);
        await link.StartAsync(ct);
        Stopwatch sending = Stopwatch.StartNew();
        await sender.StartAsync(ct);
        while (receiver.Last < Events)
        {
            Assert.Null(receiver.Problem);
            Assert.True(sending.Elapsed < TimeSpan.FromMinutes(10), $"only {receiver.Last} came");
            Measure(memory, receiver.Last);
            await Task.Delay(200, ct);
        }

        sending.Stop();
        await sender.StopAsync(ct);
        await link.StopAsync(ct);
        Assert.Null(receiver.Problem);
        outbox.Tidy();
        Assert.Equal((0, 0), (outbox.Status.Depth, outbox.Status.Dropped));
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Events} events: written in {writing.Elapsed.TotalSeconds:F1} s, {disk >> 20} MiB on disk, sent in {sending.Elapsed.TotalSeconds:F1} s, {receiver.Repeated} repeated; managed memory {memory.Min():F1} to {memory.Max():F1} MiB"
            )
        );
        Assert.InRange(memory.Max() - memory.Min(), 0, 20);
    }

    private static void Measure(List<double> memory, int done)
    {
        // Live memory, not what waits for the collector; seldom, because that stops everything.
        if (memory.Count < 2 || done / 10_000 > memory.Count)
        {
            memory.Add(GC.GetTotalMemory(forceFullCollection: true) / (double)(1 << 20));
        }
    }

    private static MqttLink NewLink(MqttOptions options) =>
        new(
            new LinkOptions("gate-07", options, HealthIntervalS: 3600),
            new Topics(Topics.DefaultRoot),
            BootId.New(TimeProvider.System),
            new RetainedBoard(),
            TimeProvider.System,
            NullLogger<MqttLink>.Instance,
            CancellationToken.None
        );

    /// <summary>Checks the order as the messages come, and keeps none.</summary>
    private sealed class Receiver : IDisposable
    {
        // Held, because a client that nobody holds is collected with what it is waiting for.
        private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
        private int _last;
        private int _repeated;

        public int Last => Volatile.Read(ref _last);

        public int Repeated => _repeated;

        public string? Problem { get; private set; }

        public static async Task<Receiver> ConnectAsync(int port, CancellationToken ct)
        {
            Receiver receiver = new();
            IMqttClient client = receiver._client;
            client.ApplicationMessageReceivedAsync += received =>
            {
                receiver.Take(Observer.Text(received.ApplicationMessage));
                return Task.CompletedTask;
            };
            await client.ConnectAsync(LocalClient.At(port).Build(), ct);
            await client.SubscribeAsync(
                "e",
                MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce,
                cancellationToken: ct
            );
            return receiver;
        }

        public void Dispose() => _client.Dispose();

        private void Take(string payload)
        {
            int seq = int.Parse(payload.AsSpan(7, payload.IndexOf(',') - 7), null);
            if (seq > _last + 1)
            {
                Problem ??= $"{seq} came after {_last}";
            }
            else if (seq <= _last)
            {
                _repeated++;
            }

            Volatile.Write(ref _last, Math.Max(_last, seq));
        }
    }
}
