using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Messaging.Tests;

public sealed class FrameMessageWriterTests
{
    private static readonly FrameModel Model = new("pedestrian", "1.4.2", "7c9e1a02", "cpu");

    private static readonly FrameMessageContext Context = new(
        "gate-07",
        "9b1f6c",
        ["person", "Fußgänger \"quoted\""]
    );

    private static readonly JsonEncodedText[] Zones = FrameMessageWriter.Encode([
        "dock",
        "yard",
        "gate",
    ]);

    [Fact]
    public void A_message_is_exactly_as_the_contract_shows_it()
    {
        string json = Write(
            Head(41),
            writer => writer.Add(new(0, 0.8742f, 0.4123f, 0.2211f, 0.4835f, 0.4621f))
        );

        Assert.Equal(
            """{"v":1,"type":"frame","agent":"gate-07","camera":"dock-2","boot":"9b1f6c","stream":14,"seq":182734,"ts":"2026-11-23T04:18:27.412345Z","ts_source":"pts","frame":{"width":1920,"height":1080},"net":{"profile":"balanced","size":512,"model":"pedestrian","version":"1.4.2","sha256":"7c9e1a02","provider":"cpu","rev":41},"latency_ms":{"wait":3.1,"preprocess":2.0,"inference":18.4,"postprocess":1.1,"total":65.2},"skipped":2,"late":false,"detections":[{"class":"person","class_id":0,"score":0.874,"box":[0.41230,0.22110,0.07120,0.24100]}]}""",
            json
        );
    }

    [Fact]
    public void A_message_reads_back_through_the_payload_record()
    {
        string json = Write(Head(41), writer => writer.Add(new(1, 0.5f, 0.1f, 0.2f, 0.4f, 0.6f)));

        FrameMessage message = JsonSerializer.Deserialize(json, MessageJson.Wire.FrameMessage)!;

        Assert.Equal("frame", message.Type);
        Assert.Equal(182734, message.Seq);
        Assert.Equal(
            new DateTime(2026, 11, 23, 4, 18, 27, DateTimeKind.Utc).AddMicroseconds(412345),
            message.Ts
        );
        Assert.Equal(new FrameSize(1920, 1080), message.Frame);
        Assert.Equal(
            new FrameNetwork("balanced", 512, "pedestrian", "1.4.2", "7c9e1a02", "cpu", 41),
            message.Net
        );
        Assert.Equal(new FrameLatency(3.1, 2.0, 18.4, 1.1, 65.2), message.LatencyMs);
        FrameDetection detection = Assert.Single(message.Detections);
        Assert.Equal("Fußgänger \"quoted\"", detection.Class);
        Assert.Equal([0.1, 0.2, 0.3, 0.4], detection.Box);
        Assert.Null(detection.Track);
        Assert.Null(detection.Zones);
    }

    [Fact]
    public void An_object_names_its_track_and_its_zones()
    {
        string json = Write(
            Head(41),
            writer => writer.Add(new(0, 0.5f, 0.1f, 0.2f, 0.4f, 0.6f, long.MaxValue, 0b101))
        );

        FrameDetection detection = Assert.Single(
            JsonSerializer.Deserialize(json, MessageJson.Wire.FrameMessage)!.Detections
        );
        Assert.Equal("9b1f6c-9223372036854775807", detection.Track);
        Assert.Equal(["dock", "gate"], detection.Zones);
    }

    [Fact]
    public void A_frame_without_objects_is_a_message_too()
    {
        FrameMessage message = JsonSerializer.Deserialize(
            Write(Head(0), _ => { }),
            MessageJson.Wire.FrameMessage
        )!;

        Assert.Empty(message.Detections);
        Assert.Null(message.Net.Rev);
    }

    [Fact]
    public void Whatever_the_detector_gives_the_message_is_json_and_every_box_lies_in_the_frame()
    {
        Gen<float> edge = Gen.Frequency(
            (8, Gen.Choose(-2000, 3000).Select(value => value / 1000f)),
            (
                1,
                Gen.Elements(
                    float.NaN,
                    float.PositiveInfinity,
                    float.NegativeInfinity,
                    float.MaxValue
                )
            )
        );
        Prop.ForAll(
                edge.ListOf(5).ToArbitrary(),
                values =>
                {
                    float[] edges = [.. values];
                    string json = Write(
                        Head(1),
                        writer =>
                            writer.Add(new(7, edges[4], edges[0], edges[1], edges[2], edges[3]))
                    );
                    FrameMessage message = JsonSerializer.Deserialize(
                        json,
                        MessageJson.Wire.FrameMessage
                    )!;
                    Assert.True(message.Detections.Count == 0 || edges.All(float.IsFinite));
                    foreach (FrameDetection detection in message.Detections)
                    {
                        Assert.Null(detection.Class);
                        Assert.All(detection.Box, value => Assert.InRange(value, 0, 1));
                        Assert.InRange(detection.Box[0] + detection.Box[2], 0, 1.00001);
                        Assert.InRange(detection.Box[1] + detection.Box[3], 0, 1.00001);
                        Assert.InRange(detection.Score, 0, 1);
                    }
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Latencies_that_are_not_finite_are_absent()
    {
        FrameHead head = Head(1, total: double.NaN);

        Assert.DoesNotContain("total", Write(head, _ => { }), StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        using FrameMessageWriter writer = new(Context);
        ArrayBufferWriter<byte> output = new(16 * 1024);
        WriteMany(writer, output, 100);

        long before = ThreadAllocations.SoFar();
        WriteMany(writer, output, 1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void WriteMany(
        FrameMessageWriter writer,
        ArrayBufferWriter<byte> output,
        int messages
    )
    {
        for (int message = 0; message < messages; message++)
        {
            output.ResetWrittenCount();
            writer.Begin(output, Head(message));
            for (int index = 0; index < 20; index++)
            {
                writer.Add(new(0, 0.9f, 0.1f, 0.2f, 0.3f, 0.4f, 1000 + index, 3));
            }

            writer.End();
        }
    }

    private static string Write(in FrameHead head, Action<FrameMessageWriter> objects)
    {
        using FrameMessageWriter writer = new(Context);
        ArrayBufferWriter<byte> output = new();
        writer.Begin(output, head);
        objects(writer);
        writer.End();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static FrameHead Head(long revision, double total = 65.2) =>
        new()
        {
            Camera = "dock-2",
            Stream = 14,
            Sequence = 182734,
            TimestampUtc = new DateTime(2026, 11, 23, 4, 18, 27, DateTimeKind.Utc).AddMicroseconds(
                412345
            ),
            TimestampSource = "pts",
            Width = 1920,
            Height = 1080,
            Model = Model,
            Profile = "balanced",
            Size = 512,
            Revision = revision,
            WaitMs = 3.1,
            PreprocessMs = 2.0,
            InferenceMs = 18.4,
            PostprocessMs = 1.1,
            TotalMs = total,
            Skipped = 2,
            Zones = Zones,
        };
}
