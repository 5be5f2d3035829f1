using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Output;

/// <summary>What <c>asff-fleet show</c> shows.</summary>
public sealed class AgentPageTests
{
    private static readonly DateTime Later = FleetMessages.Now.AddHours(2).AddMinutes(5);

    private static readonly DesiredDocument Gates = new() { Rev = 12, Profile = "balanced" };

    private static FleetAgent Busy { get; } =
        Fleets
            .Agent("gate-07", groups: ["gates", "oslo"])
            .WithCamera("yard", "error", "not_found", "/nope.avi: no such file") with
        {
            Desired = new DesiredDocument
            {
                Rev = 43,
                Profile = "fast",
                By = "ops@hq",
                Cameras = new Dictionary<string, DesiredCamera> { ["dock-1"] = new("auto") },
            },
            Reported = new ReportedDocument
            {
                RevSeen = 42,
                RevApplied = 41,
                Source = "agent",
                State = ReportedState.Rejected,
                Code = ResultCode.BadSize,
                Detail = "352 is no size of this model",
                Cameras = new Dictionary<string, ReportedCamera>
                {
                    ["dock-1"] = new("balanced", 416, 61.2, 9.8, FleetMessages.Now)
                    {
                        Requested = "auto",
                        Reason = "608 would not hold 10 frames/s",
                    },
                },
                LastGood = 12,
                LastGoodSource = "group:gates",
                Sources = new Dictionary<string, ReportedSource>
                {
                    ["agent"] = new(ReportedState.Rejected, ResultCode.BadSize)
                    {
                        RevSeen = 42,
                        Rev = 41,
                    },
                    ["group:gates"] = new(ReportedState.Overridden, ResultCode.Ok)
                    {
                        RevSeen = 12,
                        Rev = 12,
                    },
                },
            },
            Health = new HealthMessage
            {
                Ts = Later,
                Boot = "9b1f6c",
                UptimeS = 7500,
                MemoryMb = 204.2,
                Published = 50,
                Dropped = 0,
                Cameras = new Dictionary<string, CameraHealth>
                {
                    ["dock-1"] = new("online", 8.8, 6, 0, 100.9, 220),
                },
            },
        };

    [Fact]
    public void Everything_known_stands_on_one_page_of_80_columns()
    {
        Assert.Equal(
            """
            agent     gate-07
            state     online, since 2026-11-23 05:00:00Z (2 h 5 min), boot 9b1f6c
            software  0.1.0, started 2026-11-23 05:00:00Z
            system    Debian GNU/Linux 12 (bookworm) X64, inference on cpu
            groups    gates, oslo
            model     pedestrian 1.0.0 (3a42)
            profiles  fast 320, balanced 416
            health    up 2 h 5 min, 204 MiB of memory, 50 published, 0 dropped (2026-11-23
                      07:05:00Z)

            camera  state   profile   asked for  size  fps  inference ms  latency p50/p95 ms
            dock-1  online  balanced  auto       416   8.8  61.2          100.9/220.0
            yard    error   -         -          -     -    -             -
            dock-1    balanced since 2026-11-23 05:00:00Z: 608 would not hold 10 frames/s
            yard      not_found since 2026-11-23 05:00:00Z: /nope.avi: no such file

            source       wanted             rev  seen  report        issued  by
            agent *      fast, dock-1 auto  43   42    not seen yet  -       ops@hq
            group:gates  balanced           12   12    overridden    -       -
            group:oslo   -                  -    -     -             -       -
            local        -                  -    -     -             -       -
            in force  rev 41 of agent; report: rejected bad_size
            last good rev 12 of group:gates
            because   352 is no size of this model
            """,
            string.Join('\n', Page(Busy, 80))
        );
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(100)]
    public void It_is_never_wider_than_the_terminal(int width)
    {
        Assert.All(Page(Busy, width), line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void What_is_wrong_stands_there_with_what_to_do_and_what_waits_for_the_broker()
    {
        FleetAgent agent = Busy with
        {
            Health = Busy.Health! with
            {
                State = HealthState.Degraded,
                Reasons =
                [
                    new HealthReason(
                        HealthCode.CameraError,
                        "'yard': /nope.avi: no such file",
                        "Correct the camera's source.",
                        FleetMessages.Now
                    )
                    {
                        Camera = "yard",
                    },
                ],
                Outbox = new OutboxHealth(41, 72, 3, "no space left on device"),
            },
        };

        string[] lines = Page(agent, 120);

        Assert.Contains(
            "health    degraded, up 2 h 5 min, 204 MiB of memory, 50 published, 0 dropped (2026-11-23 07:05:00Z)",
            lines
        );
        Assert.Contains(
            "outbox    41 waiting, the oldest for 1 min 12 s, 3 lost; in memory only: no space left on device",
            lines
        );
        Assert.Contains(
            "trouble   camera_error since 2026-11-23 05:00:00Z: 'yard': /nope.avi: no such file. Correct the camera's source.",
            lines
        );
    }

    [Fact]
    public void An_agent_of_which_only_a_wish_is_known_says_what_is_missing()
    {
        string[] lines = Page(new FleetAgent("gate-09") { Desired = Gates }, 80);

        Assert.Contains("state     unknown: it has published no status", lines);
        Assert.Contains("software  unknown: it has published no info", lines);
        Assert.Contains("in force  unknown: it has reported nothing", lines);
        Assert.Contains(
            lines,
            line =>
                line.StartsWith(
                    "agent   balanced  12   -     not seen yet",
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void One_that_does_not_tell_sources_apart_speaks_of_its_own_document()
    {
        string[] lines = Page(
            Fleets.Agent(
                "gate-07",
                reported: FleetMessages.Reported(
                    "fast",
                    43,
                    ReportedState.Rejected,
                    ResultCode.BadSize
                )
            ) with
            {
                Desired = new DesiredDocument { Rev = 43, Profile = "odd" },
            },
            80
        );

        Assert.Contains(
            lines,
            line =>
                line.StartsWith(
                    "agent *  odd     43   43    rejected bad_size",
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void Of_one_that_is_away_it_is_said_when_it_was_seen()
    {
        string[] lines = Page(Fleets.Agent("gate-07", AgentState.Offline), 80);

        Assert.Contains(
            "state     offline, seen 2026-11-23 05:00:00Z (2 h 5 min ago), boot 9b1f6c",
            lines
        );
    }

    [Fact]
    public void A_name_cannot_move_the_cursor()
    {
        FleetAgent agent = Fleets.Agent("gate-07");

        string[] lines = Page(
            agent with
            {
                Info = agent.Info! with { Name = "\e[2J\u202egate\r\n" },
            },
            80
        );

        Assert.Equal("agent     gate-07 (?[2J?gate??)", lines[0]);
    }

    private static string[] Page(FleetAgent agent, int width) =>
        Rendering.Lines(
            AgentPage.Of(
                agent,
                new Dictionary<string, DesiredDocument> { ["gates"] = Gates },
                new Dictionary<string, string>(),
                width,
                Later
            ),
            width
        );
}
