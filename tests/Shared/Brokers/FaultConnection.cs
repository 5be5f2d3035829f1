using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace AsffEdge.Tests.Brokers;

/// <summary>One connection of a <see cref="FaultBroker"/>.</summary>
internal sealed class FaultConnection(FaultBroker broker, TcpClient client) : IDisposable
{
    private readonly NetworkStream _stream = client.GetStream();
    private readonly SemaphoreSlim _writing = new(1);
    private int _version = 5;
    private int _unacknowledged;

    private BrokerScript Script => broker.Script;

    /// <summary>Takes packets until the end.</summary>
    public async Task ServeAsync(CancellationToken ct)
    {
        while (true)
        {
            byte first = (await ReadAsync(1, ct))[0];
            (int length, int lengthBytes) = await ReadLengthAsync(ct);
            byte[] rest = await ReadAsync(length, ct);
            if (Script.IsSilent)
            {
                continue;
            }

            switch (first >> 4)
            {
                case 1:
                    await AnswerConnectAsync(rest, ct);
                    break;
                case 3:
                    AnswerPublish(first, rest, 1 + lengthBytes + length);
                    break;
                case 8:
                    if (Script.ClosesAtSubscribe)
                    {
                        Close(Script.Resets);
                        return;
                    }

                    await AnswerSubscribeAsync(rest);
                    break;
                case 12:
                    Interlocked.Increment(ref broker.Pings);
                    if (Script.AnswersPing)
                    {
                        await SendAsync([0xD0, 0]);
                    }

                    break;
                case 14:
                    return;
            }
        }
    }

    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _writing.WaitAsync();
            try
            {
                await _stream.WriteAsync(bytes);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException) { }
    }

    public void Close(bool isReset)
    {
        if (isReset)
        {
            client.Client?.Close(0);
        }

        client.Dispose();
    }

    public void Dispose()
    {
        Close(isReset: false);
        _writing.Dispose();
    }

    private async Task AnswerConnectAsync(byte[] packet, CancellationToken ct)
    {
        ReceivedConnect connect = ReceivedConnect.Read(packet);
        _version = connect.Version;
        broker.Connects.Enqueue(connect);
        BrokerScript script = Script;
        byte[] answer =
            script.InsteadOfConnAck
            ?? (
                _version == 5
                    ?
                    [
                        0x20,
                        (byte)(3 + script.ConnectProperties.Length),
                        0,
                        script.ConnectCode,
                        (byte)script.ConnectProperties.Length,
                        .. script.ConnectProperties,
                    ]
                    : [0x20, 2, 0, script.ConnectCode]
            );
        if (script.TrickleMs > 0)
        {
            foreach (byte one in answer)
            {
                await Task.Delay(script.TrickleMs, ct);
                await SendAsync([one]);
            }
        }
        else
        {
            await SendAsync([.. answer, .. script.AfterConnAck]);
        }

        if (script.ConnectCode != 0)
        {
            Close(isReset: false);
        }
    }

    private async Task AnswerSubscribeAsync(byte[] packet)
    {
        BrokerScript script = Script;
        if (script.IgnoresSubscribe)
        {
            return;
        }

        if (script.InsteadOfSubAck is { } other)
        {
            await SendAsync(other);
            return;
        }

        int at = _version == 5 ? 3 + packet[2] : 2;
        List<byte> codes = [];
        while (at < packet.Length)
        {
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at));
            codes.Add(script.SubscribeCode ?? (byte)(packet[at] & 3));
            at++;
        }

        byte[] body =
        [
            packet[0],
            packet[1],
            .. _version == 5 ? [(byte)0] : Array.Empty<byte>(),
            .. codes,
        ];
        await SendAsync([0x90, (byte)body.Length, .. body]);
    }

    private void AnswerPublish(byte first, byte[] packet, int bytes)
    {
        int topicLength = BinaryPrimitives.ReadUInt16BigEndian(packet);
        string topic = Encoding.UTF8.GetString(packet, 2, topicLength);
        int at = 2 + topicLength;
        int qos = (first >> 1) & 3;
        int identifier = 0;
        if (qos > 0)
        {
            identifier = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at));
            at += 2;
        }

        if (_version == 5)
        {
            at += 1 + packet[at];
        }

        int waiting = qos > 0 ? Interlocked.Increment(ref _unacknowledged) : _unacknowledged;
        ReceivedMessage message = new(topic, packet[at..], qos, (first & 1) != 0, bytes, waiting);
        broker.Messages.Enqueue(message);
        if (qos > 0 && Script.Acknowledge(message) is { } code)
        {
            _ = AcknowledgeAsync((ushort)(identifier + Script.IdentifierShift), code);
        }
    }

    private async Task AcknowledgeAsync(ushort identifier, byte code)
    {
        if (Script.AcknowledgeAfter > TimeSpan.Zero)
        {
            await Task.Delay(Script.AcknowledgeAfter);
        }

        Interlocked.Decrement(ref _unacknowledged);
        byte[] body = [(byte)(identifier >> 8), (byte)identifier];
        await SendAsync(_version == 5 && code != 0 ? [0x40, 3, .. body, code] : [0x40, 2, .. body]);
    }

    private async Task<byte[]> ReadAsync(int count, CancellationToken ct)
    {
        byte[] bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    private async Task<(int Length, int Bytes)> ReadLengthAsync(CancellationToken ct)
    {
        int length = 0;
        for (int bytes = 1; ; bytes++)
        {
            byte next = (await ReadAsync(1, ct))[0];
            length |= (next & 0x7F) << (7 * (bytes - 1));
            if ((next & 0x80) == 0)
            {
                return (length, bytes);
            }
        }
    }
}
