using AsffEdge.Control.Broker;
using MQTTnet;
using MQTTnet.Diagnostics.PacketInspection;
using MQTTnet.Protocol;

namespace AsffEdge.Fleet.Connection;

/// <summary>
/// Tells when everything retained on the subscribed topics has arrived. MQTT has no message that says so; the rule is: a round trip to
/// the broker and a quiet time in which no retained message came. The round trip proves that nothing is under way any more that the
/// broker sent before, however slow the network; the quiet time is for brokers that send later what they have to collect first. It
/// needs no right to publish.
/// </summary>
internal sealed class RetainedArrival
{
    // Brokers that are clusters send retained messages when they have them, after they have confirmed the subscription.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(5);

    private readonly IMqttClient _client;
    private readonly TimeProvider _time;
    private long _arrived;
    private long _handled;
    private long _retained;

    /// <summary>Watches what comes to <paramref name="client"/>.</summary>
    public RetainedArrival(IMqttClient client, TimeProvider time)
    {
        _client = client;
        _time = time;
        client.InspectPacketAsync += OnPacketAsync;
    }

    /// <summary>A new connection begins.</summary>
    public void Restart()
    {
        Volatile.Write(ref _arrived, 0);
        Volatile.Write(ref _handled, 0);
    }

    /// <summary>A message that had arrived has been dealt with.</summary>
    public void NoteHandled(MqttApplicationMessage message)
    {
        if (message.Retain)
        {
            Interlocked.Increment(ref _retained);
        }

        Interlocked.Increment(ref _handled);
    }

    /// <summary>Waits until everything has arrived.</summary>
    /// <param name="longest">When to go on regardless.</param>
    /// <param name="connected">Completes when there is a connection again.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False: <paramref name="longest"/> has passed, so something may be missing.</returns>
    public async Task<bool> WaitAsync(
        TimeSpan longest,
        Func<CancellationToken, Task> connected,
        CancellationToken ct
    )
    {
        long started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < longest)
        {
            long before = Volatile.Read(ref _retained);
            await Task.Delay(Quiet, _time, ct).ConfigureAwait(false);
            try
            {
                await _client.PingAsync(ct).ConfigureAwait(false);
            }
            catch (Exception error)
                when (BrokerFailure.IsExpected(error) && !ct.IsCancellationRequested)
            {
                await connected(ct).ConfigureAwait(false);
                continue;
            }

            // What has arrived may still be queued for its turn.
            long arrived = Volatile.Read(ref _arrived);
            while (Volatile.Read(ref _handled) < arrived && _client.IsConnected)
            {
                await Task.Delay(CheckEvery, _time, ct).ConfigureAwait(false);
            }

            if (_client.IsConnected && Volatile.Read(ref _retained) == before)
            {
                return true;
            }
        }

        return false;
    }

    private Task OnPacketAsync(InspectMqttPacketEventArgs packet)
    {
        if (
            packet.Direction == MqttPacketFlowDirection.Inbound
            && packet.Buffer[0] >> 4 == (int)MqttControlPacketType.Publish
        )
        {
            Interlocked.Increment(ref _arrived);
        }

        return Task.CompletedTask;
    }
}
