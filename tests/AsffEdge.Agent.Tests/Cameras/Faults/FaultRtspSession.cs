using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>One client of a <see cref="FaultRtspServer"/>.</summary>
internal sealed partial class FaultRtspSession(FaultRtspServer server, Socket socket) : IDisposable
{
    private const string Realm = "camera";
    private const string Nonce = "8d1b5c0f";

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly RtpPackets _packets = new();
    private readonly Random _random = new(7);
    private UdpClient? _udp;

    /// <summary>Serves the client until it goes.</summary>
    public async Task ServeAsync(CancellationToken ended)
    {
        switch (server.Fault)
        {
            case RtspFault.CloseAtOnce:
                return;
            case RtspFault.Reset:
                Reset();
                return;
            case RtspFault.BlackHole:
            case RtspFault.HalfOpen:
                await UntilClosedAsync(ended);
                return;
            case RtspFault.Garbage:
                byte[] noise = new byte[4096];
                while (true)
                {
                    _random.NextBytes(noise);
                    await _stream.WriteAsync(noise, ended);
                }
        }

        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(ended);
        Task playing = Task.CompletedTask;
        try
        {
            while (await ReadRequestAsync(gone.Token) is { } request)
            {
                if (server.Fault == RtspFault.HalfOpen)
                {
                    await UntilClosedAsync(gone.Token);
                    return;
                }

                await AnswerAsync(request, gone.Token);
                if (request.StartsWith("PLAY ", StringComparison.Ordinal))
                {
                    server.CountPlay();
                    playing = PlayAsync(gone.Token);
                }
            }
        }
        finally
        {
            await gone.CancelAsync();
            await playing.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _udp?.Dispose();
    }

    private async Task UntilClosedAsync(CancellationToken ended)
    {
        byte[] ignored = new byte[1024];
        while (await _stream.ReadAsync(ignored, ended) > 0) { }
    }

    private async Task<string?> ReadRequestAsync(CancellationToken ended)
    {
        List<byte> request = [];
        byte[] one = new byte[1];
        while (await _stream.ReadAsync(one, ended) > 0)
        {
            if (request.Count == 0 && one[0] == (byte)'$')
            {
                // A receiver report of the client: channel, length, content.
                byte[] head = new byte[3];
                await _stream.ReadExactlyAsync(head, ended);
                await _stream.ReadExactlyAsync(new byte[(head[1] << 8) | head[2]], ended);
                continue;
            }

            request.Add(one[0]);
            if (request.Count >= 4 && request[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
            {
                return Encoding.ASCII.GetString(request.ToArray());
            }
        }

        return null;
    }

    private async Task AnswerAsync(string request, CancellationToken ended)
    {
        string number = Sequence().Match(request).Groups[1].Value;
        string method = request[..request.IndexOf(' ', StringComparison.Ordinal)];
        (string status, string fields, string body) = method switch
        {
            "OPTIONS" => (
                "200 OK",
                "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n",
                ""
            ),
            _ when !IsAllowed(request, method) => (
                "401 Unauthorized",
                $"WWW-Authenticate: Digest realm=\"{Realm}\", nonce=\"{Nonce}\"\r\n",
                ""
            ),
            "DESCRIBE" when server.Fault == RtspFault.NotFound => ("404 Not Found", "", ""),
            "DESCRIBE" => (
                "200 OK",
                $"Content-Type: application/sdp\r\nContent-Base: {server.Address}/\r\n",
                Description()
            ),
            "SETUP" => (
                "200 OK",
                $"Transport: {SetUp(request)}\r\nSession: 12345678;timeout=60\r\n",
                ""
            ),
            _ => ("200 OK", "Session: 12345678\r\n", ""),
        };
        if (method == "DESCRIBE")
        {
            await Task.Delay(server.SlowStart, ended);
        }

        await SendAsync(
            Encoding.ASCII.GetBytes(
                $"RTSP/1.0 {status}\r\nCSeq: {number}\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}"
            ),
            ended
        );
    }

    private string SetUp(string request)
    {
        Match ports = ClientPorts().Match(request);
        if (!ports.Success)
        {
            return "RTP/AVP/TCP;unicast;interleaved=0-1";
        }

        _udp = new UdpClient(0, AddressFamily.InterNetwork);
        _udp.Connect("127.0.0.1", int.Parse(ports.Groups[1].Value, CultureInfo.InvariantCulture));
        int port = ((IPEndPoint)_udp.Client.LocalEndPoint!).Port;
        return $"RTP/AVP;unicast;client_port={ports.Groups[1].Value}-{ports.Groups[2].Value};server_port={port}-{port + 1}";
    }

    private string Description()
    {
        string media = server.Fault switch
        {
            RtspFault.UnknownCodec =>
                "m=video 0 RTP/AVP 96\r\na=rtpmap:96 X-SECRET-CODEC/90000\r\n",
            RtspFault.OnlyAudio => "m=audio 0 RTP/AVP 0\r\n",
            _ => $"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {server.Video.Codec}/90000\r\n"
                + (server.Video.Codec == "H264" ? "a=fmtp:96 packetization-mode=1\r\n" : ""),
        };
        return $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n{media}a=control:video\r\n";
    }

    private bool IsAllowed(string request, string method)
    {
        if (server.Login is not (string user, string password))
        {
            return true;
        }

        Match answer = Digest().Match(request);
        if (!answer.Success)
        {
            return false;
        }

        server.CountPassword();
        string uri = Uri().Match(request).Groups[1].Value;
        string expected = Md5(
            $"{Md5($"{user}:{Realm}:{password}")}:{Nonce}:{Md5($"{method}:{uri}")}"
        );
        return answer.Groups[1].Value == expected;
    }

    private static string Md5(string text)
    {
#pragma warning disable CA5351 // what the protocol asks for
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
    }

    private async Task PlayAsync(CancellationToken ended)
    {
        EncodedVideo video = server.Video;
        int index = 0;
        double seconds = 0;
        long due = TimeProvider.System.GetTimestamp();
        for (int picture = 0; ; picture++)
        {
            // Read in this order, a video that was set after a fault was cleared is served without it.
            EncodedVideo current = server.Video;
            RtspFault fault = server.Fault;
            double interval = 1 / server.Fps;
            if (fault is not (RtspFault.Stall or RtspFault.HalfOpen))
            {
                // A change waits for no key frame of the old video: the new one starts with its own.
                if (video != current)
                {
                    video = current;
                    index = 0;
                }

                index = fault == RtspFault.Frozen ? 0 : index % video.Pictures.Count;
                double clock = fault == RtspFault.WrongClock && picture / 20 % 2 == 1 ? 3600 : 0;
                byte[] packets = _packets.Pack(video, index++, seconds + clock);
                if (fault == RtspFault.Corruption)
                {
                    Damage(packets);
                }

                if (fault == RtspFault.WrongClock && picture % 20 == 10)
                {
                    await SendAsync(
                        RtpPackets.SenderReport(DateTime.UtcNow.AddYears(-1), seconds + clock),
                        ended
                    );
                }

                await SendMediaAsync(packets, fault, ended);
            }

            seconds += fault == RtspFault.FallingBehind ? interval / 10 : interval;
            due += (long)(interval * TimeProvider.System.TimestampFrequency);
            TimeSpan wait = TimeProvider.System.GetElapsedTime(
                TimeProvider.System.GetTimestamp(),
                due
            );
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, ended);
        }
    }

    /// <summary>Overwrites part of the payload of one packet in fifty; the framing stays whole.</summary>
    private void Damage(byte[] packets)
    {
        for (int at = 0; at < packets.Length; )
        {
            int length = (packets[at + 2] << 8) | packets[at + 3];
            if (_random.Next(50) == 0 && length > 60)
            {
                _random.NextBytes(packets.AsSpan(at + 4 + 40, Math.Min(200, length - 40)));
            }

            at += 4 + length;
        }
    }

    private async Task SendMediaAsync(byte[] packets, RtspFault fault, CancellationToken ended)
    {
        if (_udp is not { } udp)
        {
            await SendAsync(packets, ended);
            return;
        }

        for (int at = 0, length; at < packets.Length; at += 4 + length)
        {
            length = (packets[at + 2] << 8) | packets[at + 3];
            if (fault == RtspFault.Loss && _random.Next(25) == 0)
            {
                server.CountLost();
                continue;
            }

            await udp.SendAsync(packets.AsMemory(at + 4, length), ended);
        }
    }

    private async Task SendAsync(byte[] bytes, CancellationToken ended)
    {
        await _writing.WaitAsync(ended);
        try
        {
            await _stream.WriteAsync(bytes, ended);
        }
        finally
        {
            _writing.Release();
        }
    }

    [GeneratedRegex(@"(?i)\r\nCSeq: *(\d+)")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"(?i)\r\nAuthorization: *Digest .*response=""([0-9a-f]+)""")]
    private static partial Regex Digest();

    [GeneratedRegex(@"(?i)\r\nTransport: *RTP/AVP[^\r]*client_port=(\d+)-(\d+)")]
    private static partial Regex ClientPorts();

    [GeneratedRegex(@"^\w+ (\S+) ")]
    private static partial Regex Uri();
}
