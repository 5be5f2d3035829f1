using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>One camera as the agent reads it, without a detector: the states it went through and its newest frame.</summary>
public sealed class WatchedCamera : ICameraStatusSink, IDisposable
{
    private readonly AutoResetEvent _frameReady = new(false);
    private readonly List<CameraStatus> _states = [];
    private readonly Lock _gate = new();

    public WatchedCamera(
        string source,
        double? maxFps = null,
        IReadOnlyList<MaskOptions>? masks = null,
        string transport = "tcp"
    )
    {
        Reader = new CameraReader(
            new CameraOptions
            {
                Id = "cam",
                Source = source,
                MaxFps = maxFps,
                Transport = transport,
                Masks = (masks ?? [])
                    .Select((mask, i) => (Name: $"mask-{i}", Mask: mask))
                    .ToDictionary(entry => entry.Name, entry => entry.Mask),
            },
            0,
            800,
            [this],
            _frameReady,
            Time,
            NullLogger.Instance
        );
        Reader.Start();
    }

    /// <summary>Its clock.</summary>
    public JumpingTime Time { get; } = new();

    public CameraReader Reader { get; }

    /// <summary>Its states so far, as state and reason.</summary>
    public IReadOnlyList<(CameraState, string?)> States
    {
        get
        {
            lock (_gate)
            {
                return [.. _states.Select(status => (status.State, status.Reason))];
            }
        }
    }

    /// <summary>Whether it is in a state for a reason now.</summary>
    public bool Is(CameraState state, string? reason = null) =>
        (Reader.Status.State, Reader.Status.Reason) == (state, reason);

    /// <summary>Waits for a frame newer than all before; it is valid until the next call but one.</summary>
    public CapturedFrame Next(double seconds = 20)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Reader.Slot.TryTake() is { } frame)
            {
                Reader.FrameTaken();
                return frame;
            }

            double left = seconds - TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            Assert.True(
                left > 0,
                $"no frame within {seconds} s; states: {string.Join(", ", States)}"
            );
            _frameReady.WaitOne(TimeSpan.FromSeconds(Math.Min(left, 0.1)));
        }
    }

    /// <summary>Takes frames until one is as wanted.</summary>
    public CapturedFrame Next(Func<CapturedFrame, bool> wanted, string what, double seconds = 20)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            CapturedFrame frame = Next(seconds);
            if (wanted(frame))
            {
                return frame;
            }

            Assert.True(
                TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds,
                $"not within {seconds} s: {what}"
            );
        }
    }

    /// <summary>Puts the clock forward in steps that no camera that gives frames could be called stalled for.</summary>
    public async Task AdvanceAsync(double seconds)
    {
        for (double done = 0; done < seconds; done += 2)
        {
            long decoded = Reader.Decoded;
            Time.Advance(2);
            await WaitAsync(
                () => Reader.Decoded > decoded + 1 || Reader.Status.State != CameraState.Online,
                "frames"
            );
        }
    }

    public Task WaitAsync(CameraState state, string? reason, int seconds = 30) =>
        WaitAsync(() => Is(state, reason), $"{state} ({reason})", seconds);

    public async Task WaitAsync(Func<bool> condition, string what, int seconds = 30)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds,
                $"not within {seconds} s: {what}; states: {string.Join(", ", States)}"
            );
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void OnStatus(int cameraIndex, string cameraId, CameraStatus status)
    {
        lock (_gate)
        {
            _states.Add(status);
        }
    }

    public void Dispose()
    {
        Reader.RequestStop();
        Assert.True(Reader.Join(TimeSpan.FromSeconds(10)), "the camera's thread does not end");
        Reader.Dispose();
        _frameReady.Dispose();
    }
}
