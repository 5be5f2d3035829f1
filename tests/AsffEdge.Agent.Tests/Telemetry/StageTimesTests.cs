using System.Diagnostics.Metrics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Telemetry;
using AsffEdge.Control.Profiles;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Metrics;

namespace AsffEdge.Agent.Tests.Telemetry;

public sealed class StageTimesTests : IDisposable
{
    private readonly AgentMeter _meter = new();
    private readonly StageTimes _stages;

    public StageTimesTests() => _stages = new StageTimes(_meter.Meter, ["dock-1", "dock-2"]);

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Every_stage_of_a_frame_is_told_in_seconds_with_its_camera()
    {
        List<(string Camera, string Stage, double Seconds)> told = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == _meter.Meter)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>(
            (_, seconds, labels, _) =>
                told.Add(((string)labels[0].Value!, (string)labels[1].Value!, seconds))
        );
        listener.Start();

        _stages.OnFrame(Result(camera: 1));
        _stages.NotePublished(0, TimeSpan.FromMilliseconds(2));

        Assert.Equal(
            [
                ("dock-2", "wait", 0.001),
                ("dock-2", "preprocess", 0.01),
                ("dock-2", "inference", 0.1),
                ("dock-2", "postprocess", 0.002),
                ("dock-2", "total", 0.113),
                ("dock-1", "publish", 0.002),
            ],
            told
        );
    }

    [Fact]
    public void A_frame_costs_no_allocation_whether_somebody_listens_or_not()
    {
        FrameResult result = Result(camera: 0);
        Assert.Equal(0, AllocatedBy(result));

        using MeterProvider provider = TelemetryExport.Start(
            Configuration(),
            _meter,
            NullLogger<SaidExporter>.Instance
        );
        Assert.Equal(0, AllocatedBy(result));
    }

    private long AllocatedBy(FrameResult result)
    {
        for (int i = 0; i < 10; i++)
        {
            _stages.OnFrame(result);
            _stages.NotePublished(1, TimeSpan.FromMilliseconds(1));
        }

        long before = ThreadAllocations.SoFar();
        for (int i = 0; i < 1000; i++)
        {
            _stages.OnFrame(result);
            _stages.NotePublished(1, TimeSpan.FromMilliseconds(1));
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static FrameResult Result(int camera) =>
        new(1)
        {
            Model = TestModel.Named,
            Profile = new Profile("fast", 64, 0.5f, 0.5f, null),
            CameraIndex = camera,
            WaitMs = 1,
            PreprocessMs = 10,
            InferenceMs = 100,
            PostprocessMs = 2,
            TotalMs = 113,
        };

    private static AgentConfiguration Configuration() =>
        new()
        {
            Agent = new AgentOptions { Id = "gate-07" },
            StateDirectory = "/nowhere",
            Model = new ModelOptions { Path = "none" },
            Profile = "fast",
            Cameras = [],
        };
}
