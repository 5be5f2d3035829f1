using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using static AsffEdge.Control.Tests.Profiles.ProfileFixture;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>Messages of somebody who means harm: each is refused with its code, changes nothing and leaves nothing behind. Prints how long each took.</summary>
public sealed class HostileInputTests : IAsyncLifetime
{
    private const string Own = "asff-edge/v1/agents/gate-07";

    // By name, because a test's name should not be 5 MB long.
    private static readonly Dictionary<string, (string Payload, ResultCode Code)> Payloads = new()
    {
        ["5 MB"] = (new string(' ', 5_000_000), ResultCode.BadDocument),
        ["5 MB of text"] = (
            $"{{\"v\":1,\"by\":\"{new string('x', 5_000_000)}\"}}",
            ResultCode.BadDocument
        ),
        ["depth 10,000"] = (new string('[', 10_000), ResultCode.BadDocument),
        ["depth 10,000, closed"] = (
            string.Concat(Enumerable.Repeat("{\"v\":", 10_000)) + "1" + new string('}', 10_000),
            ResultCode.BadDocument
        ),
        ["no JSON"] = ("\u0000\u0001", ResultCode.BadDocument),
        ["NaN"] = ("""{"v":1,"rev":NaN,"profile":"fast"}""", ResultCode.BadDocument),
        ["no revision"] = ("""{"v":1,"rev":0,"profile":"fast"}""", ResultCode.BadDocument),
        ["huge revision"] = ("""{"v":1,"rev":1e400,"profile":"fast"}""", ResultCode.BadDocument),
        ["replay"] = ("""{"v":1,"rev":7,"profile":"balanced"}""", ResultCode.StaleRev),
        ["older"] = ("""{"v":1,"rev":6,"profile":"balanced"}""", ResultCode.StaleRev),
        ["path as a profile"] = (
            """{"v":1,"rev":8,"profile":"../../etc/passwd"}""",
            ResultCode.BadDocument
        ),
        ["path as a camera"] = (
            """{"v":1,"rev":8,"profile":"fast","cameras":{"../../x":{"profile":"fast"}}}""",
            ResultCode.BadDocument
        ),
        ["twice the same key"] = (
            """{"v":1,"rev":8,"rev":9,"profile":"fast"}""",
            ResultCode.BadDocument
        ),
        ["unknown key"] = (
            """{"v":1,"rev":8,"profile":"fast","exec":"rm"}""",
            ResultCode.BadDocument
        ),
        ["lone surrogate"] = (
            """{"v":1,"rev":8,"profile":"fast","by":"\ud800"}""",
            ResultCode.BadDocument
        ),
        ["unknown profile"] = ("""{"v":1,"rev":8,"profile":"none"}""", ResultCode.UnknownProfile),
        ["size 0"] = (Size("0"), ResultCode.BadSize),
        ["size 321"] = (Size("321"), ResultCode.BadSize),
        ["size 4096"] = (Size("4096"), ResultCode.BadSize),
        ["size -320"] = (Size("-320"), ResultCode.BadSize),
        ["size 1e999"] = (Size("1e999"), ResultCode.BadSize),
        ["size 352.5"] = (Size("352.5"), ResultCode.BadSize),
        ["size NaN"] = (Size("NaN"), ResultCode.BadDocument),
        ["size as text"] = (Size("\"352\""), ResultCode.BadDocument),
        ["size the model does not take"] = (Size("640"), ResultCode.BadSize),
        ["policy NaN"] = (
            """{"v":1,"rev":8,"profile":"fast","policy":{"min_fps":NaN}}""",
            ResultCode.BadDocument
        ),
        ["policy without end"] = (
            """{"v":1,"rev":8,"profile":"fast","policy":{"settle_s":1e9}}""",
            ResultCode.BadDocument
        ),
    };

    private readonly ProfileFixture _fixture = new();
    private readonly ITestOutputHelper _output;
    private readonly List<MqttApplicationMessage> _answers = [];
    private readonly ProfileController _controller;
    private readonly MqttLink _link;
    private readonly ControlPlane _plane;

    public HostileInputTests(ITestOutputHelper output)
    {
        _output = output;
        _controller = _fixture.Start("gates");
        Topics topics = new("asff-edge/v1");
        _link = new MqttLink(
            new LinkOptions("gate-07", new BrokerOptions(), 15),
            topics,
            BootId.New(_fixture.Time),
            new RetainedBoard(),
            _fixture.Time,
            NullLogger<MqttLink>.Instance,
            CancellationToken.None
        );
        CommandDesk desk = new(
            "gate-07",
            topics,
            [
                new PingHandler(),
                new ProfileSetHandler(_controller, new FirstFrameWatch(), _fixture.Time),
            ],
            (answer, _) =>
            {
                _answers.Add(answer);
                return ValueTask.FromResult(true);
            },
            _fixture.Time,
            NullLogger<CommandDesk>.Instance
        );
        _plane = new ControlPlane(
            "gate-07",
            ["gates"],
            topics,
            _link,
            _controller,
            desk,
            NullLogger<ControlPlane>.Instance
        );
    }

    public static TheoryData<string> Names { get; } = [.. Payloads.Keys];

    public async ValueTask InitializeAsync()
    {
        await ApplyAsync(_controller, Document(7, "fast"));
        await ApplyAsync(_controller, Document(7, "fast"), "group:gates");
    }

    public ValueTask DisposeAsync()
    {
        _plane.Dispose();
        _link.Dispose();
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_document_is_refused(string name)
    {
        (string payload, ResultCode code) = Payloads[name];
        foreach (
            (string topic, string source) in ((string, string)[])
                [($"{Own}/desired", "agent"), ("asff-edge/v1/groups/gates/desired", "group:gates")]
        )
        {
            await HandleAsync(name, topic, payload);

            Assert.Equal((ReportedState.Rejected, code), (_fixture.Last.State, _fixture.Last.Code));
            ReportedSource reported = _fixture.Last.Sources![source];
            Assert.Equal(
                (ReportedState.Rejected, code, 7),
                (reported.State, reported.Code, reported.Rev)
            );
            Assert.InRange(reported.Detail!.Length, 1, 400);
        }

        AssertNothingHasHappened();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_command_is_refused_in_the_agents_own_place(string name)
    {
        (string payload, ResultCode code) = Payloads[name];
        foreach (string target in (string[])[Own, "asff-edge/v1/groups/gates"])
        {
            await HandleAsync(
                name,
                $"{target}/commands/profile.set",
                payload,
                "asff-edge/v1/agents/gate-08/commands/profile.set"
            );

            Assert.Equal(code, LastAnswer().Code);
            Assert.Equal($"{Own}/replies/default", _answers[^1].Topic);
        }

        AssertNothingHasHappened();
    }

    [Fact]
    public async Task A_retained_command_is_refused_whatever_it_is()
    {
        await HandleAsync(
            "retained",
            $"{Own}/commands/profile.set",
            """{"v":1,"rev":8,"profile":"fast"}""",
            retained: true
        );
        Assert.Equal(ResultCode.Expired, LastAnswer().Code);
        await HandleAsync("retained", $"{Own}/commands/profile.set", "[[[", retained: true);
        Assert.Equal(ResultCode.Expired, LastAnswer().Code);

        AssertNothingHasHappened();
    }

    [Theory]
    [InlineData($"{Own}/commands/../../etc/passwd")]
    [InlineData("asff-edge/v1/groups/other/desired")]
    [InlineData("asff-edge/v1/groups/other/commands/profile.set")]
    [InlineData("asff-edge/v1/groups/../desired")]
    [InlineData("asff-edge/v1/agents/gate-08/desired")]
    [InlineData("somewhere/else")]
    public async Task What_comes_on_a_topic_that_is_none_of_the_agents_is_not_looked_at(
        string topic
    )
    {
        int reports = _fixture.Reported.Count;

        await HandleAsync(topic, topic, """{"v":1,"rev":8,"profile":"balanced"}""");

        Assert.Equal(reports, _fixture.Reported.Count);
        Assert.All(
            _answers,
            answer => Assert.StartsWith($"{Own}/replies/", answer.Topic, StringComparison.Ordinal)
        );
        AssertNothingHasHappened();
    }

    private static string Size(string size) =>
        $$"""{"v":1,"rev":8,"profile":"x","profiles":{"x":{"size":{{size}} } } }""";

    private async Task HandleAsync(
        string name,
        string topic,
        string payload,
        string? responseTopic = null,
        bool retained = false
    )
    {
        InboundMessage message = new(
            topic,
            Encoding.UTF8.GetBytes(payload),
            retained,
            responseTopic,
            null,
            _fixture.Time.GetTimestamp(),
            null
        );
        Stopwatch refusing = Stopwatch.StartNew();
        await _plane.HandleAsync(message, TestContext.Current.CancellationToken);
        _output.WriteLine($"{refusing.Elapsed.TotalMilliseconds:F2} ms: {name} on {topic}");
    }

    private CommandReply LastAnswer() =>
        JsonSerializer.Deserialize(_answers[^1].Payload.ToArray(), MessageJson.Wire.CommandReply)!;

    private void AssertNothingHasHappened()
    {
        Assert.Equal(
            (7, 1),
            (_controller.Selection.Current.Revision, _controller.Selection.Current.Change)
        );
        Assert.Empty(_fixture.Warmed);
        Assert.Equal(
            [_fixture.StatePath],
            Directory.GetFileSystemEntries(_fixture.Folder, "*", SearchOption.AllDirectories)
        );
        Assert.DoesNotContain(
            "balanced",
            File.ReadAllText(_fixture.StatePath),
            StringComparison.Ordinal
        );
    }
}
