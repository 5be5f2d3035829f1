using System.Text.Json;

namespace AsffEdge.Messaging.Tests;

public sealed class PayloadTests
{
    private static readonly DateTime Time = new(2026, 11, 23, 5, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Status()
    {
        Assert.Equal(
            """{"v":1,"state":"stopping","boot":"9b1f6c","ts":"2026-11-23T05:00:00.000000Z"}""",
            JsonSerializer.Serialize(
                new StatusMessage(AgentState.Stopping, "9b1f6c", Time),
                MessageJson.Wire.StatusMessage
            )
        );
    }

    [Fact]
    public void Camera_status_leaves_out_what_does_not_apply()
    {
        Assert.Equal(
            """{"v":1,"state":"online","since":"2026-11-23T05:00:00.000000Z"}""",
            JsonSerializer.Serialize(
                new CameraStatusMessage("online", null, null, Time),
                MessageJson.Wire.CameraStatusMessage
            )
        );
    }

    [Fact]
    public void Reported_after_a_refusal()
    {
        ReportedDocument reported = new()
        {
            RevSeen = 43,
            RevApplied = 42,
            Source = "agent",
            State = ReportedState.Rejected,
            Code = ResultCode.BadSize,
            Detail = "'profiles.fast.size' is 321",
            Cameras = new Dictionary<string, ReportedCamera>
            {
                ["dock-2"] = new("accurate", 800, 61.2, null, Time),
            },
            LastGood = 42,
        };

        Assert.Equal(
            """{"v":1,"rev_seen":43,"rev_applied":42,"source":"agent","state":"rejected","code":"bad_size","detail":"'profiles.fast.size' is 321","cameras":{"dock-2":{"profile":"accurate","size":800,"inference_ms_p50":61.2,"switched":"2026-11-23T05:00:00.000000Z"}},"last_good":42}""",
            JsonSerializer.Serialize(reported, MessageJson.Wire.ReportedDocument)
        );
    }

    [Fact]
    public void Reply()
    {
        Assert.Equal(
            """{"v":1,"ok":true,"state":"done","code":"ok","agent":"gate-07","rev":42,"took_ms":412}""",
            JsonSerializer.Serialize(
                new CommandReply(ReplyState.Done, ResultCode.Ok, "gate-07")
                {
                    Rev = 42,
                    TookMs = 412,
                },
                MessageJson.Wire.CommandReply
            )
        );
        Assert.Equal(
            """{"v":1,"ok":false,"state":"failed","code":"stale_rev","agent":"gate-07","rev":41}""",
            JsonSerializer.Serialize(
                new CommandReply(ReplyState.Failed, ResultCode.StaleRev, "gate-07") { Rev = 41 },
                MessageJson.Wire.CommandReply
            )
        );
    }

    [Fact]
    public void A_desired_document_written_here_is_read_by_the_strict_reader()
    {
        DesiredDocument document = new()
        {
            Rev = 5,
            Issued = Time,
            By = "ops",
            Profile = "fast",
            Cameras = new Dictionary<string, DesiredCamera> { ["a"] = new("fast") },
            Profiles = new Dictionary<string, DesiredProfile> { ["fast"] = new(352, 0.4, null, 5) },
            Policy = new DesiredPolicy(10, null, false),
        };

        DesiredDocument read = DesiredDocumentReader.Read(
            JsonSerializer.SerializeToUtf8Bytes(document, MessageJson.Wire.DesiredDocument)
        );

        Assert.Equivalent(document, read, strict: true);
    }

    [Fact]
    public void Readers_ignore_keys_that_later_versions_add()
    {
        StatusMessage status = JsonSerializer.Deserialize(
            """{"v":1,"state":"online","boot":"9b1f6c","ts":"2026-11-23T06:00:00+01:00","later":[1]}""",
            MessageJson.Wire.StatusMessage
        )!;

        Assert.Equal(new StatusMessage(AgentState.Online, "9b1f6c", Time), status);
    }

    [Fact]
    public void A_number_that_is_not_finite_cannot_be_written()
    {
        ReportedCamera camera = new("fast", 320, double.NaN, null, Time);
        ReportedDocument reported = new()
        {
            Source = "local",
            State = ReportedState.Applied,
            Code = ResultCode.Ok,
            Cameras = new Dictionary<string, ReportedCamera> { ["a"] = camera },
        };

        Assert.Throws<ArgumentException>(() =>
            JsonSerializer.Serialize(reported, MessageJson.Wire.ReportedDocument)
        );
    }
}
