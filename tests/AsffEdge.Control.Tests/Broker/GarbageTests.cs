using System.Diagnostics;
using System.Globalization;
using AsffEdge.Control.Broker;
using AsffEdge.Tests.Brokers;
using MQTTnet.Exceptions;

namespace AsffEdge.Control.Tests.Broker;

/// <summary>Whatever a broker sends ends in a connection that goes on or in one that is made again, never in the end of the link.</summary>
public sealed class GarbageTests
{
    private static readonly byte[] Publish = [0x30, 9, 0, 1, (byte)'x', 0, (byte)'h', 0, 0, 0, 0];

    /// <summary>100,000 make the figure of the documentation.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("ASFF_BROKER_FUZZ_ROUNDS") ?? "150",
        CultureInfo.InvariantCulture
    );

    public static TheoryData<string, byte[], string> Nonsense =>
        new()
        {
            {
                "HTTP, which reads as a part of a PUBACK",
                [.. "HTTP/1.1 400 Bad Request\r\n\r\n"u8],
                "timed_out"
            },
            { "zeros", new byte[64], "protocol" },
            { "an endless length", [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "protocol" },
            { "256 MiB announced", [0x20, 0xFF, 0xFF, 0xFF, 0x7F], "protocol" },
            { "an empty CONNACK", [0x20, 0], "protocol" },
            { "PUBACK first", [0x40, 2, 0, 1], "protocol" },
            { "a property nobody knows", [0x20, 5, 0, 0, 2, 0x7E, 1], "protocol" },
            { "properties longer than the packet", [0x20, 3, 0, 0, 100], "protocol" },
        };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Nonsense_instead_of_an_answer(string what, byte[] bytes, string code)
    {
        await using FaultBroker broker = new(new BrokerScript { InsteadOfConnAck = bytes });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync(connects: false);

        await link.AdvanceUntilLoggedAsync("next attempt in ", 15);

        Assert.True(link.HasLogged($"({code})"), $"{what}: {string.Join('\n', link.Log)}");
        broker.Script = new BrokerScript();
        await link.AdvanceUntilAsync(() => link.Link.IsConnected, 5, "a connection");
    }

    [Fact]
    public async Task A_large_packet_announced_takes_no_memory()
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();
        long before = GC.GetTotalAllocatedBytes(precise: true);

        await broker.SendAsync([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1]);
        await link.WaitForLogAsync("bytes or more is announced; at most 16777216 are taken");

        // Other tests allocate too, but none of them so much at once.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 200_000_000);
        await link.AdvanceUntilAsync(() => broker.Accepted == 2, 5, "a second connection");
    }

    [Fact]
    public async Task Half_a_packet_and_the_end()
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        await broker.SendAsync(Publish[..5]);
        broker.CloseAll();

        await link.WaitForLogAsync("(closed); next attempt in ");
        await link.AdvanceUntilAsync(() => broker.Accepted == 2, 5, "a second connection");
    }

    [Fact]
    public async Task A_subscription_answered_with_too_few_codes()
    {
        await using FaultBroker broker = new(
            new BrokerScript { InsteadOfSubAck = [0x90, 4, 0, 1, 0, 0] }
        );
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync(connects: false);

        await link.WaitForLogAsync("(protocol); next attempt in ");
    }

    [Fact]
    public async Task Random_and_damaged_packets_in_any_number()
    {
        Random random = new(20261126);
        byte[][] seeds =
        [
            Publish,
            [0x32, 11, 0, 1, (byte)'x', 0, 7, 0, (byte)'h', 0, 0, 0, 0],
            [0x40, 2, 0, 1],
            [0x40, 3, 0, 1, 0x97],
            [0x90, 5, 0, 1, 0, 1, 1],
            [0xD0, 0],
            [0xE0, 2, 0x8B, 0],
            [0x20, 3, 0, 0, 0],
            [0xF0, 2, 0x18, 0],
            [0x62, 2, 0, 9],
        ];
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();
        Stopwatch running = Stopwatch.StartNew();
        int connections = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Damage(random, seeds[random.Next(seeds.Length)]);
            if (random.Next(2) == 0)
            {
                broker.Script = new BrokerScript { AfterConnAck = bytes };
                broker.CloseAll();
            }
            else
            {
                await broker.SendAsync(bytes);
                broker.Script = new BrokerScript();
            }

            if (round % 8 == 0 || !link.Link.IsConnected)
            {
                // What was sent may have been half a packet, which a real broker ends by the next one.
                broker.Script = new BrokerScript();
                broker.CloseAll();
                int accepted = broker.Accepted;
                await link.AdvanceUntilAsync(
                    () => broker.Accepted > accepted && link.Link.IsConnected,
                    130,
                    $"a connection after round {round}: {Convert.ToHexString(bytes)}"
                );
                connections++;
            }
        }

        Assert.True(link.Link.ExecuteTask is { IsCompleted: false });
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Rounds} packets, {broker.Accepted} connections in {running.Elapsed.TotalSeconds:F0} s"
        );
        Assert.True(connections > 0);
    }

    [Fact]
    public async Task The_guard_follows_packets_however_they_come_in_pieces()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        Random random = new(1);
        for (int round = 0; round < 2000; round++)
        {
            // Whole packets of up to 1000 bytes pass; the first that announces more does not.
            List<byte> stream = [];
            int packets = random.Next(1, 6);
            for (int packet = 0; packet < packets; packet++)
            {
                int length = random.Next(3) == 0 ? random.Next(0, 4) : random.Next(0, 1001);
                stream.Add(0x30);
                AddLength(stream, length);
                stream.AddRange(new byte[length]);
            }

            int whole = stream.Count;
            int excess = random.Next(1001, 200_000_000);
            stream.Add(0x30);
            AddLength(stream, excess);
            await using PacketGuard guard = new(new MemoryStream([.. stream]), 1000);
            int read = 0;
            byte[] buffer = new byte[2000];
            await Assert.ThrowsAsync<MqttProtocolViolationException>(async () =>
            {
                while (true)
                {
                    int count = await guard.ReadAsync(
                        buffer.AsMemory(0, random.Next(1, 9) == 1 ? 2000 : random.Next(1, 40)),
                        ct
                    );
                    Assert.NotEqual(0, count);
                    read += count;
                }
            });
            Assert.InRange(read, Math.Max(0, whole - 2000), whole + 4);
        }
    }

    private static byte[] Damage(Random random, byte[] seed)
    {
        List<byte> bytes = [.. seed];
        for (int damage = random.Next(0, 4); damage > 0 && bytes.Count > 0; damage--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    byte[] noise = new byte[random.Next(1, 60)];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void AddLength(List<byte> stream, int length)
    {
        do
        {
            stream.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        } while (length > 0);
    }
}
