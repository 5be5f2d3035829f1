using System.Numerics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenCvSharp;

namespace AsffEdge.Agent.Footage;

/// <summary>
/// The one thread that writes footage: drops what there is already, compresses, and stores. Whatever the disk does, it goes on: it says what is
/// wrong, lets no frame be chosen meanwhile, and tries again.
/// </summary>
internal sealed partial class FootageWriter : IHostedService
{
    // Compressing can wait, inference cannot.
    private const int Niceness = 10;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);
    private static readonly FloorNotice Floor = new(
        HealthCode.FootageStopped,
        "footage.budget.min_free_mb",
        "no footage is kept",
        "keep footage"
    );

    private readonly AgentConfiguration _configuration;
    private readonly FootageSink _sink;
    private readonly FootageStore _store;
    private readonly FreeSpaceFloor _floor;
    private readonly Degradations _degradations;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RecentFrames[] _recent;
    private readonly long[] _kept = new long[Enum.GetValues<FootagePolicy>().Length];
    private readonly long[] _keptBytes = new long[Enum.GetValues<FootagePolicy>().Length];
    private readonly Thread _thread;
    private readonly IReadOnlyList<string> _labels;
    private FootageStatus _status;
    private ModelEntry? _model;
    private volatile bool _isStopping;
    private volatile bool _isTidySoon;
    private bool _isStoreOpen;
    private bool _isBelowFloor;
    private bool _isDayFull;
    private string? _failure;
    private long? _failedAt;
    private long _tidiedAt;
    private long _duplicates;
    private long _lost;
    private long _lastBytes = 1;

    /// <param name="configuration">The cameras, and how much is kept.</param>
    /// <param name="labels">The classes of every model that may run.</param>
    /// <param name="sink">Where the frames come from.</param>
    /// <param name="degradations">Where it is said that none can be kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public FootageWriter(
        AgentConfiguration configuration,
        IReadOnlyList<string> labels,
        FootageSink sink,
        Degradations degradations,
        TimeProvider time,
        ILogger<FootageWriter> logger
    )
    {
        FootageOptions options = configuration.Footage;
        _configuration = configuration;
        _labels = labels;
        _sink = sink;
        _degradations = degradations;
        _time = time;
        _logger = logger;
        Root = FootageStore.RootOf(configuration.StateDirectory);
        _store = new FootageStore(Root, configuration.Agent.Id, options.Budget, time, logger);
        _floor = new FreeSpaceFloor(
            Root,
            options.Budget.MinFreeMb,
            Floor,
            degradations,
            time,
            logger
        );
        _recent =
        [
            .. configuration.Cameras.Select(_ => new RecentFrames(options.NearDuplicateBits)),
        ];
        _status = new FootageStatus(0, 0, 0, [.. _kept], [.. _keptBytes], 0, 0, 0, 0, null);
        _thread = new Thread(Run) { IsBackground = true, Name = "footage" };
    }

    /// <summary>The folder of the footage.</summary>
    public string Root { get; }

    /// <summary>How it goes, as of a second ago at most.</summary>
    public FootageStatus Status => Volatile.Read(ref _status);

    /// <summary>Has it see soon what somebody has removed, so that the budget and what is told of it know.</summary>
    public void TidySoon()
    {
        _isTidySoon = true;
        _sink.Ring.Wake();
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        _sink.IsOpen = false;
        _sink.Ring.Wake();
        return Task.Run(() => _thread.IsAlive && !_thread.Join(StopWithin), cancellationToken);
    }

    private void Run()
    {
        // Linux alone has priorities of threads, and lowering one's own needs no right; where it fails, inference waits a little longer.
        _ = SetPriority(which: 0, who: 0, Niceness);
        try
        {
            Work();
        }
        // Detection goes on without footage, whatever it is.
        catch (Exception error)
        {
            _sink.IsOpen = false;
            _degradations.Raise(HealthCode.FootageStopped, $"no footage is kept: {error.Message}");
            Log.Ended(_logger, error);
        }
    }

    private void Work()
    {
        while (!_isStopping)
        {
            if (CanWrite())
            {
                _sink.IsOpen = true;
                Step(_sink.Ring.Peek(LookEvery));
                TidyIfDue();
            }
            else
            {
                _sink.IsOpen = false;
                Refuse();
                _sink.Ring.Peek(LookEvery);
            }

            Report();
        }

        Finish();
    }

    private void Finish()
    {
        _sink.IsOpen = false;
        while (_isStoreOpen && _failure is null && _sink.Ring.Peek(TimeSpan.Zero) is { } frame)
        {
            Step(frame);
        }

        if (_isStoreOpen)
        {
            Try(_store.ComposeAll);
        }

        Report();
    }

    private void Step(FootageFrame? frame)
    {
        if (frame is null)
        {
            return;
        }

        long bytes = 0;
        try
        {
            if (!Try(() => bytes = Keep(frame)))
            {
                _lost++;
                frame.Request?.Fail(_failure!);
            }
        }
        // One frame that cannot be compressed costs that frame.
        catch (Exception error)
        {
            _lost++;
            if (BitOperations.IsPow2(_lost))
            {
                Log.FrameFailed(_logger, _lost, error);
            }

            frame.Request?.Fail(error.Message);
        }

        if (bytes > 0)
        {
            _kept[(int)frame.Policy]++;
            _keptBytes[(int)frame.Policy] += bytes;
            frame.Request?.NoteKept();
        }

        _sink.Cameras[frame.Camera].BucketOf(frame.Policy).Settle(bytes);
        _sink.Ring.Pop();
    }

    /// <returns>The bytes of its picture; 0: it is not kept.</returns>
    private long Keep(FootageFrame frame)
    {
        DifferenceHash hash = DifferenceHash.Of(frame.Picture);
        FoundObject[] objects = FoundObject.AllOf(frame);
        PictureContent content = FoundObject.ContentOf(
            hash,
            objects,
            frame.Picture.Width,
            frame.Picture.Height
        );
        if (frame.Request is null && _recent[frame.Camera].HasNear(content))
        {
            _duplicates++;
            return 0;
        }

        byte[] jpeg = frame.Picture.ImEncode(
            ".jpg",
            new ImageEncodingParam(ImwriteFlags.JpegQuality, _configuration.Footage.JpegQuality)
        );
        _lastBytes = jpeg.Length;
        _sink.Cameras[frame.Camera].NotePicture(jpeg.Length);
        DateTime captured = new(
            frame.CapturedUtc.Ticks - (frame.CapturedUtc.Ticks % TimeSpan.TicksPerMillisecond),
            DateTimeKind.Utc
        );
        FrameEntry entry = new()
        {
            File = FootageDay.PictureName(captured),
            Size = jpeg.Length,
            Width = frame.Picture.Width,
            Height = frame.Picture.Height,
            Captured = captured,
            Policy = FootagePolicyName.Of(frame.Policy),
            Profile = frame.Profile!.Name,
            InputSize = frame.Profile.Size,
            ScoreThreshold = frame.Profile.ScoreThreshold,
            Dhash = hash.ToString(),
            Objects = objects,
        };
        KeepOutcome outcome = _store.Add(
            _configuration.Cameras[frame.Camera].Id,
            ModelOf(frame.Model!),
            entry,
            jpeg
        );
        if (outcome != KeepOutcome.Kept)
        {
            _lost++;
            frame.Request?.Fail(
                outcome == KeepOutcome.DayIsFull ? DayIsFull : "two frames are of one millisecond"
            );
            return 0;
        }

        _recent[frame.Camera].Add(content);
        return jpeg.Length;
    }

    // Models may be replaced while the agent runs, by others of the same classes.
    private ModelEntry ModelOf(FrameModel model)
    {
        if (
            (_model?.Name, _model?.Version, _model?.Sha256)
            != (model.Name, model.Version, model.Sha256)
        )
        {
            _model = new ModelEntry(model.Name, model.Version, model.Sha256, _labels);
        }

        return _model!;
    }

    private string DayIsFull =>
        $"the day's {_configuration.Footage.Budget.MbPerDay} MiB (footage.budget.mb_per_day) are spent; more is kept from 00:00 UTC on";
}
