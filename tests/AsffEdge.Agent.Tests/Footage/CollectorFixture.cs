using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tests.Footage;

/// <summary>Frames for a collector, one after another.</summary>
internal sealed class CollectorFixture
{
    public const double Threshold = 0.5;

    public static readonly string[] Labels = ["person", "car", "bus"];

    private readonly FrameResult _frame = new(50)
    {
        Model = TestModel.Named,
        Profile = new Profile("fast", 320, (float)Threshold, 0.6f, null),
        SourceWidth = 640,
        SourceHeight = 480,
    };

    public CollectorFixture(FootagePoliciesOptions policies, double gap = 0.02, int mbPerDay = 200)
    {
        FootageOptions options = new()
        {
            Enabled = true,
            MinGapS = gap,
            Policies = policies,
            Budget = new FootageBudgetOptions { MbPerDay = mbPerDay },
        };
        Collector = new CameraCollector(
            options,
            1,
            50,
            new RareClasses(Labels, policies.RareClass.Classes),
            new Random(5)
        );
    }

    public CameraCollector Collector { get; }

    public double Now { get; set; }

    /// <summary>A strong object in the middle of the picture.</summary>
    public static (DetectedObject Found, long Track) Object(
        long track = 0,
        float score = 0.9f,
        int classId = 0,
        float left = 0.4f
    ) => (new DetectedObject(new Box(left, 0.4f, left + 0.2f, 0.6f), 1, score, classId, 0), track);

    /// <summary>Shows a frame 40 ms after the one before, and settles what it chooses.</summary>
    public FootagePolicy? Show(params (DetectedObject Found, long Track)[] objects) =>
        Show(false, objects);

    public FootagePolicy? Show(bool isDamaged, params (DetectedObject Found, long Track)[] objects)
    {
        Now += 0.04;
        _frame.Damaged = isDamaged;
        Set(objects);
        return Choose(bytes: 50_000);
    }

    /// <summary>Shows a frame whose picture takes so many bytes; 0: it is dropped.</summary>
    public FootagePolicy? ShowSized(long bytes, params (DetectedObject Found, long Track)[] objects)
    {
        Set(objects);
        return Choose(bytes);
    }

    /// <summary>Shows the frame as it is.</summary>
    public FootagePolicy? Choose(long bytes)
    {
        FootagePolicy? chosen = Collector.Choose(_frame, Now);
        if (chosen is { } policy)
        {
            Collector.BucketOf(policy).Settle(bytes);
        }

        return chosen;
    }

    private void Set((DetectedObject Found, long Track)[] objects)
    {
        objects = [.. objects.OrderByDescending(entry => entry.Found.Score)];
        _frame.Count = objects.Count(entry => entry.Found.Score >= Threshold);
        _frame.WeakCount = objects.Length - _frame.Count;
        for (int i = 0; i < objects.Length; i++)
        {
            _frame.Buffer[i] = objects[i].Found;
        }

        for (int i = 0; i < _frame.Count; i++)
        {
            _frame.Tracks[i] = objects[i].Track;
        }
    }
}
