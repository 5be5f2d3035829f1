using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// From cameras to results: every camera is read by a thread of its own into a slot that holds its newest frame, and one
/// inference thread serves the camera that has waited longest. A slow detector costs frames, never latency.
/// </summary>
public sealed class VideoPipeline : IAsyncDisposable
{
    /// <summary>
    /// Pictures are kept no larger than a network input needs. The input is a square that the picture is stretched to, so it is the
    /// shorter side that must not fall below it.
    /// </summary>
    private const int LargestInput = 800;

    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(5);

    private readonly CameraReader[] _cameras;
    private readonly CameraStatistics[] _statistics;
    private readonly InferenceWorker _worker;
    private readonly ProfileSelection _profiles;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ILogger _logger;
    private bool _started;
    private bool _stopped;

    /// <summary>Prepares the pipeline; nothing is opened yet.</summary>
    /// <param name="cameras">The cameras, at least one. Ids must differ.</param>
    /// <param name="model">Used by the pipeline's inference thread alone until the pipeline is stopped or has another; not disposed of.</param>
    /// <param name="profiles">What every camera runs, by the index of the camera.</param>
    /// <param name="sinks">Take the results, on the inference thread.</param>
    /// <param name="statusSinks">Take the cameras' states, on the cameras' threads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">The log.</param>
    /// <param name="leastScore">Least score of the boxes that sinks get as <see cref="FrameResult.Candidates"/>, where it is below the profile's; 1: the profile's alone.</param>
    /// <exception cref="ArgumentException">There is no camera, or not one profile for each.</exception>
    public VideoPipeline(
        IReadOnlyList<CameraOptions> cameras,
        LoadedModel model,
        ProfileSelection profiles,
        IReadOnlyList<IFrameResultSink> sinks,
        IReadOnlyList<ICameraStatusSink> statusSinks,
        TimeProvider time,
        ILoggerFactory logging,
        float leastScore = 1
    )
    {
        if (cameras.Count == 0 || profiles.Current.Profiles.Length != cameras.Count)
        {
            throw new ArgumentException(
                $"{cameras.Count} cameras and {profiles.Current.Profiles.Length} profiles; there must be one profile a camera, and a camera",
                nameof(cameras)
            );
        }

        _profiles = profiles;
        _logger = logging.CreateLogger<VideoPipeline>();

        // Sized for the largest input, not for the present profile: a switch must not have to open the camera again.
        int shorterSide = Math.Min(model.Detector.Manifest.Input.MaxSize, LargestInput);
        ILogger cameraLogger = logging.CreateLogger<CameraReader>();
        _cameras =
        [
            .. cameras.Select(
                (camera, index) =>
                    new CameraReader(
                        camera,
                        index,
                        shorterSide,
                        statusSinks,
                        _wake,
                        time,
                        cameraLogger
                    )
            ),
        ];
        _statistics = [.. _cameras.Select(camera => new CameraStatistics(camera, time))];
        _worker = new InferenceWorker(
            _cameras,
            _statistics,
            model,
            profiles,
            sinks,
            _wake,
            time,
            _logger,
            leastScore
        );
    }

    /// <summary>How every camera does, live, in the order of the configuration.</summary>
    public IReadOnlyList<CameraStatistics> Statistics => _statistics;

    /// <summary>Frames inferred since the start: the progress that a watchdog asks for.</summary>
    public long InferredFrames => _worker.Inferred;

    /// <summary>How long the frame now in inference has been there; zero when none is. Tells a stuck detector from idle cameras.</summary>
    public TimeSpan InferenceRunningFor => _worker.InWork;

    /// <summary>How long an input size has been being warmed, between two frames; zero when none is.</summary>
    public TimeSpan WarmingFor => _worker.Warming;

    /// <summary>Results that a sink failed to take.</summary>
    public long SinkFailures => _worker.SinkFailures;

    /// <summary>
    /// Completes when every source has ended for good (a file that is played once, a camera that is switched off) and its
    /// frames are inferred, or the pipeline was stopped; faults when inference has failed 20 times in a row.
    /// </summary>
    public Task Completion => _worker.Completion;

    /// <summary>Warms the sizes in use, then opens the cameras. Completes when the cameras are being opened, not when they give frames.</summary>
    /// <exception cref="ModelException">The model fails.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take a profile's size.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        _worker.Start();
        _started = true;
        foreach (int size in _profiles.Current.Profiles.Select(profile => profile.Size).Distinct())
        {
            await _worker.WarmAsync(size).WaitAsync(ct).ConfigureAwait(false);
        }

        foreach (CameraReader camera in _cameras)
        {
            camera.Start();
        }
    }

    /// <summary>Ends the children and the threads, and waits for that.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (!_started || _stopped)
        {
            return;
        }

        _stopped = true;
        _worker.RequestStop();
        foreach (CameraReader camera in _cameras)
        {
            camera.RequestStop();
        }

        await Task.Run(JoinAll, CancellationToken.None).WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Warms an input size between two frames, so that a switch to it does not slow the first frame. It must be done before a profile of that size is selected.</summary>
    /// <returns>Faults with what <see cref="Detector.Warm"/> throws; is cancelled when the pipeline stops.</returns>
    public Task WarmAsync(int size) => _worker.WarmAsync(size);

    /// <summary>Goes on with another model between two frames. No frame is lost by it but those that become too old.</summary>
    /// <param name="next">The model, warm at the sizes of the profiles that will be selected; it must give as many detections at most.</param>
    /// <param name="swapped">Done by the inference thread together with the swap, so that it holds for the same frames; must not block.</param>
    /// <returns>The model before, which the pipeline does not use any more; cancelled when the pipeline stops.</returns>
    /// <exception cref="InvalidOperationException">Another one is waiting to be swapped in.</exception>
    public Task<LoadedModel> SwapAsync(LoadedModel next, Action swapped)
    {
        Task<LoadedModel> before = _worker.Swaps.Add(next, swapped);
        _wake.Set();
        return before;
    }

    /// <summary>Says that another model is on its way because this one fails (<see cref="SwapAsync"/>), so that its failures do not end the pipeline meanwhile; or that none is.</summary>
    public void ExpectSwap(bool isExpected) => _worker.Swaps.IsExpected = isExpected;

    /// <summary>Ends the inference that runs now, which counts as failed; ONNX Runtime does so between two nodes of the graph.</summary>
    public void TerminateInference() => _worker.Terminate();

    /// <summary>Drops a camera's connection and opens it again at once.</summary>
    /// <exception cref="ArgumentException">There is no such camera; the message names those there are.</exception>
    public void RestartCamera(string id)
    {
        CameraReader camera =
            _cameras.FirstOrDefault(camera => camera.Id == id)
            ?? throw new ArgumentException(
                $"no camera '{id}'; there are: {string.Join(", ", _cameras.Select(camera => camera.Id))}",
                nameof(id)
            );
        camera.Restart();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() =>
        await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private void JoinAll()
    {
        bool workerEnded = _worker.Join(StopDeadline);
        if (!workerEnded)
        {
            Log.ThreadHeld(_logger, "inference");
        }

        foreach (CameraReader camera in _cameras)
        {
            if (!camera.Join(StopDeadline))
            {
                Log.ThreadHeld(_logger, camera.Id);
            }
            else if (workerEnded)
            {
                // Never while a native call may still write there.
                camera.Dispose();
            }
        }
    }
}
