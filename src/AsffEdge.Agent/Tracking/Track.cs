using AsffEdge.Detection;

namespace AsffEdge.Agent.Tracking;

/// <summary>One object over time. The tracker reuses instances: what is read of one holds until the tracker's next update.</summary>
public sealed class Track
{
    private KalmanBox _motion;

    internal Track(int slot) => Slot = slot;

    /// <summary>Which of the tracker's instances this is, from 0: the index of what others keep about a track while it lives.</summary>
    public int Slot { get; }

    /// <summary>Counts the tracks of all cameras since the process started, from 1; 0: not yet one, seen too seldom.</summary>
    public long Number { get; private set; }

    /// <summary>Index of its class into the manifest's labels.</summary>
    public int ClassId { get; private set; }

    /// <summary>Where it is, fractions 0..1 of the picture: as seen last, or as predicted while it is out of sight.</summary>
    public Box Box { get; private set; }

    /// <summary>Where it was seen last, fractions 0..1 of the picture.</summary>
    public Box SeenBox { get; private set; }

    /// <summary>Its score when it was seen last, 0..1.</summary>
    public float Score { get; private set; }

    /// <summary>Its highest score.</summary>
    public float BestScore { get; private set; }

    /// <summary>When it was seen first, in the seconds of the updates.</summary>
    public double FirstSeen { get; private set; }

    /// <summary>When it was seen last, in the seconds of the updates.</summary>
    public double LastSeen { get; private set; }

    /// <summary>In how many frames it was seen.</summary>
    public int Sightings { get; private set; }

    /// <summary>Whether it was seen often enough to count as an object.</summary>
    public bool IsConfirmed => Number > 0;

    internal void Start(in DetectedObject found, double seconds)
    {
        Number = 0;
        ClassId = found.ClassId;
        Sightings = 0;
        BestScore = 0;
        FirstSeen = seconds;
        _motion = new KalmanBox(found.Box);
        Note(found, seconds);
    }

    internal void Confirm(long number) => Number = number;

    internal void Predict(double seconds, bool wasSeen)
    {
        if (!wasSeen)
        {
            _motion.HaltSize();
        }

        _motion.Predict(seconds);
        Box = _motion.Box;
    }

    internal void See(in DetectedObject found, double seconds)
    {
        _motion.Correct(found.Box);
        Note(found, seconds);
    }

    private void Note(in DetectedObject found, double seconds)
    {
        Box = found.Box;
        SeenBox = found.Box;
        Score = found.Score;
        BestScore = Math.Max(BestScore, found.Score);
        LastSeen = seconds;
        Sightings++;
    }
}
