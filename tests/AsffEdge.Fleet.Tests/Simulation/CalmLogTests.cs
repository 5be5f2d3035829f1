using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Fleet.Simulation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Fleet.Tests.Simulation;

public sealed class CalmLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _lines = [];

    [Fact]
    public void Says_once_what_a_thousand_agents_say_and_then_how_many_more_did()
    {
        using CalmLog log = new(_lines.Add, _time);
        for (int agent = 0; agent < 1000; agent++)
        {
            Warn(log, typeof(MqttLink), "nothing listens there");
        }

        Assert.Equal(["nothing listens there"], _lines);

        _time.Advance(TimeSpan.FromSeconds(6));
        Warn(log, typeof(MqttLink), "still nothing");
        Assert.Equal("still nothing (and 999 more since the last line)", _lines[^1]);
    }

    [Fact]
    public void Leaves_out_what_agents_think_of_documents_but_not_what_goes_wrong()
    {
        using CalmLog log = new(_lines.Add, _time);

        Warn(log, typeof(ProfileController), "rev 7 is refused");
        Assert.Empty(_lines);

        Write(log, typeof(DesiredStore), LogLevel.Error, "no space left");
        Assert.Equal(["no space left"], _lines);
    }

    private static void Warn(CalmLog log, Type who, string text) =>
        Write(log, who, LogLevel.Warning, text);

    private static void Write(CalmLog log, Type who, LogLevel level, string text) =>
        log.CreateLogger(who.FullName!).Log(level, default, text, null, (state, _) => state);
}
