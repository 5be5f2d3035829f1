using AsffEdge.Agent.Cameras;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Pipeline;

/// <summary>Takes the frames to infer out of the cameras' slots: the newest of the camera that has waited longest. Inference thread only.</summary>
internal sealed class FrameIntake
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly CameraReader[] _cameras;
    private readonly ProfileSelection _profiles;
    private readonly TimeProvider _time;
    private readonly CameraScheduler _scheduler;
    private readonly bool[] _hasFrame;

    public FrameIntake(CameraReader[] cameras, ProfileSelection profiles, TimeProvider time)
    {
        _cameras = cameras;
        _profiles = profiles;
        _time = time;
        _scheduler = new CameraScheduler(cameras.Length, time.TimestampFrequency);
        _hasFrame = new bool[cameras.Length];
    }

    /// <summary>Whether every camera has ended for good and its last frame has been taken.</summary>
    public bool HasEnded
    {
        get
        {
            foreach (CameraReader camera in _cameras)
            {
                // In this order: a camera ends after its last frame is in the slot.
                if (!camera.Ended || camera.Slot.HasFresh)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Takes the next frame, if one may be inferred now.</summary>
    /// <param name="work">Takes the frame and the profile that holds for it; nothing of it is prepared.</param>
    /// <param name="wait">How long to wait for one otherwise, unless a camera gives one before.</param>
    public bool TryTake(FrameInWork work, out TimeSpan wait)
    {
        for (int i = 0; i < _hasFrame.Length; i++)
        {
            _hasFrame[i] = _cameras[i].Slot.HasFresh;
        }

        long now = _time.GetTimestamp();
        int camera = _scheduler.Next(_hasFrame, now, out long wakeAt);
        if (camera < 0)
        {
            TimeSpan due =
                wakeAt == long.MaxValue ? LongestWait : _time.GetElapsedTime(now, wakeAt);
            // Rounded up: a wait of a fraction of a millisecond would be none, again and again.
            wait = TimeSpan.FromMilliseconds(
                Math.Ceiling(Math.Min(due.TotalMilliseconds, LongestWait.TotalMilliseconds))
            );
            return false;
        }

        wait = TimeSpan.Zero;
        work.Camera = camera;
        work.Selection = _profiles.Current;
        _scheduler.Served(camera, work.Profile.MaxFps, now);
        Take(work);
        return true;
    }

    /// <summary>Brings a frame that was taken a while ago up to date: the profile of now, and where the camera is live its newest frame.</summary>
    public void Renew(FrameInWork work)
    {
        work.Selection = _profiles.Current;
        if (work.Frame!.IsLive && _cameras[work.Camera].Slot.HasFresh)
        {
            Take(work);
        }
    }

    private void Take(FrameInWork work)
    {
        work.Frame = _cameras[work.Camera].Slot.TryTake();
        work.PreparedSize = 0;
        work.Failure = null;
        _cameras[work.Camera].FrameTaken();
    }
}
