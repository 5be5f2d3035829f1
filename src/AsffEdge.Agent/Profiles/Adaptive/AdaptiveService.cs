using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>Lets <c>auto</c> follow the load: measures and decides every second, and puts in force what was decided.</summary>
internal sealed partial class AdaptiveService(
    AutoProfile auto,
    LoadSampler sampler,
    ProfileController controller,
    TimeProvider time,
    ILogger<AdaptiveService> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private AutoState? _state;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        try
        {
            do
            {
                await StepAsync().ConfigureAwait(false);
            } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        // The pipeline cancels what it is asked for after its end.
        catch (OperationCanceledException) { }
    }

    /// <summary>Measures, decides, and puts in force what was decided.</summary>
    internal async Task StepAsync()
    {
        ProfileAssignment assignment = controller.Assignment;
        if (!assignment.HasAuto)
        {
            auto.Reset();
            return;
        }

        Follow(assignment);
        AutoState state = auto.Step(assignment.Profiles, sampler.Measure);
        Profile profile = state.Decision.Profile;
        bool isNew = !ReferenceEquals(state, _state);
        _state = state;
        if (isNew)
        {
            LogLevel level =
                state.Decision.Code == AdaptiveCode.Exhausted
                    ? LogLevel.Warning
                    : LogLevel.Information;
            Log.Decided(logger, level, profile.Name, profile.Size, state.Decision.Reason);
        }

        // A document that was put in force or taken back meanwhile may have left another one.
        if (isNew || sampler.Profile != profile)
        {
            await AdaptAsync(profile, state.Decision.Reason).ConfigureAwait(false);
        }
    }

    private async Task AdaptAsync(Profile profile, string reason)
    {
        try
        {
            if (await controller.AdaptAsync(profile, reason).ConfigureAwait(false))
            {
                Follow(controller.Assignment);
            }
        }
        catch (DocumentRejectedException rejection)
        {
            Log.Refused(logger, profile.Size, rejection.Message);
            auto.Refuse(profile.Size);
        }
    }

    // From now on the figures are of what runs on auto now.
    private void Follow(ProfileAssignment assignment)
    {
        int camera = assignment.Cameras.TakeWhile(profile => profile is not null).Count();
        if (camera < assignment.Cameras.Count)
        {
            sampler.Follow(controller.Selection.Current.Profiles[camera], assignment);
        }
    }

    private static partial class Log
    {
        [LoggerMessage("auto stands for {Profile} at {Size}: {Reason}")]
        public static partial void Decided(
            ILogger logger,
            LogLevel level,
            string profile,
            int size,
            string reason
        );

        [LoggerMessage(
            LogLevel.Warning,
            "auto will not choose {Size} again: the device cannot run it: {Reason}"
        )]
        public static partial void Refused(ILogger logger, int size, string reason);
    }
}
