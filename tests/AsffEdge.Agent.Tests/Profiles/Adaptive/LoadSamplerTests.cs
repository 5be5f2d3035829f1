using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

public sealed class LoadSamplerTests
{
    private static readonly Profile Small = new("small", 320, 0.3f, 0.6f, null);
    private static readonly Profile Large = new("large", 800, 0.3f, 0.6f, null);
    private static readonly Dictionary<string, Profile> Profiles = new()
    {
        ["small"] = Small,
        ["large"] = Large,
    };

    // a and b are on auto, c is not.
    private static readonly ProfileAssignment Assignment = new([null, null, Large], Profiles);

    private readonly FakeTimeProvider _time = new();
    private readonly long[] _decoded = new long[3];
    private readonly LoadMeter _meter;
    private readonly LoadSampler _sampler;
    private readonly FrameResult _frame = new(1) { Model = TestModel.Named, Profile = Small };

    public LoadSamplerTests()
    {
        _meter = new LoadMeter(3, _time);
        _sampler = new LoadSampler(
            ["a", "b", "c"],
            camera => _decoded[camera],
            _meter,
            TimeSpan.FromSeconds(8),
            _time
        );
        _sampler.Follow(Small, Assignment);
    }

    [Fact]
    public void Figures_are_of_the_time_since_the_profile_runs_until_that_is_longer_than_the_window()
    {
        Second(a: 10, b: 5, frameMs: 20);
        AdaptiveSample sample = Measure();
        Assert.Equal(TimeSpan.FromSeconds(1), sample.Window);
        Assert.Equal(20, sample.FrameMs!.Value, 6);
        Assert.Equal(["a", "b"], sample.Cameras.Select(camera => camera.Id));
        Assert.Equal([10, 5], sample.Cameras.Select(camera => camera.InferredFps));
        Assert.Equal([25, 25], sample.Cameras.Select(camera => camera.ArrivingFps));

        for (int second = 0; second < 20; second++)
        {
            Second(a: 2, b: 2, frameMs: 50);
            sample = Measure();
        }

        Assert.InRange(sample.Window.TotalSeconds, 8, 9);
        Assert.Equal(50, sample.FrameMs!.Value, 6);
        Assert.All(sample.Cameras, camera => Assert.Equal(2, camera.InferredFps, 6));
    }

    [Fact]
    public void Frames_of_another_profile_count_for_nothing_but_the_devices_time()
    {
        for (int frame = 0; frame < 5; frame++)
        {
            Infer(0, Large, occupiedMs: 100, latencyMs: 900);
            Infer(2, Large, occupiedMs: 50, latencyMs: 900);
        }

        _time.Advance(TimeSpan.FromMilliseconds(250));
        AdaptiveSample sample = Measure();

        Assert.Null(sample.FrameMs);
        Assert.Equal(0.25, sample.OtherBusy, 6);
        Assert.Equal([0, 0], sample.Cameras.Select(camera => camera.InferredFps));
        Assert.Equal([0, 0], sample.Cameras.Select(camera => camera.LatencyMsP95));
    }

    [Fact]
    public void An_equal_profile_of_a_later_document_is_the_same_profile()
    {
        Infer(0, Small with { }, occupiedMs: 20, latencyMs: 30);

        Assert.Equal(20, Measure().FrameMs!.Value, 6);
    }

    [Fact]
    public void Another_profile_or_another_assignment_begins_a_new_window()
    {
        Second(a: 10, b: 5, frameMs: 20);
        _sampler.Follow(Small with { }, Assignment);
        Assert.Equal(TimeSpan.FromSeconds(1), Measure().Window);

        _sampler.Follow(Large, Assignment);
        Assert.Equal(TimeSpan.Zero, Measure().Window);
        Second(a: 10, b: 5, frameMs: 20);
        Assert.Null(Measure().FrameMs);

        _sampler.Follow(Large, Assignment with { Cameras = [null, Small, Large] });
        Infer(0, Large, occupiedMs: 80, latencyMs: 90);
        AdaptiveSample sample = Measure();
        Assert.Equal(TimeSpan.FromMilliseconds(80), sample.Window);
        Assert.Equal("a", Assert.Single(sample.Cameras).Id);
    }

    [Fact]
    public void A_single_late_frame_among_few_is_a_hiccup_and_one_in_ten_is_not()
    {
        for (int frame = 0; frame < 12; frame++)
        {
            Infer(0, Small, occupiedMs: 20, latencyMs: frame == 5 ? 900 : 30);
            Infer(1, Small, occupiedMs: 20, latencyMs: frame % 10 == 0 ? 900 : 30);
        }

        AdaptiveSample sample = Measure();

        Assert.Equal(30, sample.Cameras[0].LatencyMsP95, 30 * 0.023);
        Assert.Equal(900, sample.Cameras[1].LatencyMsP95, 900 * 0.023);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_frame()
    {
        Profile equal = Small with { Name = new string(['s', 'm', 'a', 'l', 'l']) };
        Infer(0, equal, occupiedMs: 20, latencyMs: 30);
        Infer(2, Large, occupiedMs: 20, latencyMs: 30);
        _frame.TakenUp = _time.GetTimestamp();

        long before = ThreadAllocations.SoFar();
        for (int frame = 0; frame < 10_000; frame++)
        {
            _frame.CameraIndex = frame % 3;
            _frame.Profile = frame % 3 == 2 ? Large : equal;
            _meter.OnFrame(_frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private AdaptiveSample Measure() =>
        _sampler.Measure(
            new AdaptiveSample
            {
                Now = TimeSpan.Zero,
                LocalTime = default,
                Ladder = new Ladder(Profiles.Values, new()),
            }
        );

    private void Second(int a, int b, double frameMs)
    {
        for (int frame = 0; frame < a + b; frame++)
        {
            Infer(frame < a ? 0 : 1, Small, frameMs, frameMs);
        }

        _time.Advance(TimeSpan.FromSeconds(1) - (TimeSpan.FromMilliseconds(frameMs) * (a + b)));
        for (int camera = 0; camera < _decoded.Length; camera++)
        {
            _decoded[camera] += 25;
        }
    }

    private void Infer(int camera, Profile profile, double occupiedMs, double latencyMs)
    {
        _frame.CameraIndex = camera;
        _frame.Profile = profile;
        _frame.TotalMs = latencyMs;
        _frame.TakenUp = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(occupiedMs));
        _meter.OnFrame(_frame);
    }
}
