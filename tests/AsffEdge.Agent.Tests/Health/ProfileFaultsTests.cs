using System.Globalization;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Health;

public sealed class ProfileFaultsTests
{
    private readonly ProfileFaults _faults = new();

    [Fact]
    public void A_rollback_is_a_fault_until_another_document_comes_and_is_counted_once()
    {
        _faults.Note(Reported(7, ReportedState.Applied));
        _faults.Note(Reported(8, ReportedState.Pending));
        Assert.Empty(_faults.Find(null));

        _faults.Note(Reported(8, ReportedState.RolledBack));
        _faults.Note(Reported(8, ReportedState.RolledBack));
        Degradation fault = Assert.Single(_faults.Find(null));
        Assert.Equal(HealthCode.ProfileRolledBack, fault.Code);
        Assert.Contains("'agent' with rev 8", fault.Detail, StringComparison.Ordinal);
        Assert.Contains("too slow here", fault.Detail, StringComparison.Ordinal);
        Assert.Equal(1, _faults.Rollbacks);

        _faults.Note(Reported(9, ReportedState.RolledBack));
        Assert.Equal(2, _faults.Rollbacks);
        _faults.Note(Reported(10, ReportedState.Applied));
        Assert.Empty(_faults.Find(null));
    }

    [Fact]
    public void What_an_earlier_process_rolled_back_is_a_fault_but_not_counted()
    {
        _faults.Note(Reported(8, ReportedState.RolledBack));

        Assert.Single(_faults.Find(null));
        Assert.Equal(0, _faults.Rollbacks);
    }

    [Fact]
    public void Heat_is_a_fault_until_the_machine_has_cooled()
    {
        using TemporaryFolder zones = new();
        FakeTimeProvider time = new();
        AutoProfile auto = new(
            new AutoOptions { TemperatureC = new Dictionary<string, string> { ["70"] = "fast" } },
            new SystemMeter(zones.Path),
            time
        );
        Directory.CreateDirectory(Path.Combine(zones.Path, "thermal_zone0"));
        Assert.Empty(FaultsAt(50));

        Degradation fault = Assert.Single(FaultsAt(71));
        Assert.Equal(HealthCode.TemperatureCeiling, fault.Code);
        Assert.Contains("71 °C", fault.Detail, StringComparison.Ordinal);
        // 5 °C cooler is what the ceiling asks for.
        Assert.Single(FaultsAt(66));
        Assert.Empty(FaultsAt(64));

        IEnumerable<Degradation> FaultsAt(int degrees)
        {
            zones.Write(
                "thermal_zone0/temp",
                (degrees * 1000).ToString(CultureInfo.InvariantCulture)
            );
            time.Advance(TimeSpan.FromSeconds(1));
            auto.Step(Profiles, sample => sample);
            return _faults.Find(auto);
        }
    }

    [Fact]
    public void A_device_that_does_not_hold_the_smallest_size_is_overloaded()
    {
        FakeTimeProvider time = new();
        AutoProfile auto = new(
            new AutoOptions { DwellS = 4, TargetFps = 10 },
            new SystemMeter(),
            time
        );
        for (int second = 0; second < 60 && !_faults.Find(auto).Any(); second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            auto.Step(
                Profiles,
                sample =>
                    sample with
                    {
                        Window = TimeSpan.FromSeconds(4),
                        FrameMs = 500,
                        Cameras = [new CameraLoad("a", 10, 2, 900)],
                    }
            );
        }

        Degradation fault = Assert.Single(_faults.Find(auto));
        Assert.Equal(HealthCode.Overloaded, fault.Code);
        Assert.Contains("'a' got 2", fault.Detail, StringComparison.Ordinal);
        Assert.Contains(("exhausted", 1L), auto.Decisions.Counts);
    }

    private static readonly Dictionary<string, Profile> Profiles = new()
    {
        ["fast"] = new Profile("fast", 320, 0.5f, 0.5f, null),
        ["max"] = new Profile("max", 800, 0.5f, 0.5f, null),
    };

    private static ReportedDocument Reported(long rev, ReportedState state) =>
        new()
        {
            Source = "agent",
            State = state,
            Code = ResultCode.TooSlow,
            Cameras = new Dictionary<string, ReportedCamera>(),
            Sources = new Dictionary<string, ReportedSource>
            {
                ["agent"] = new(state, ResultCode.TooSlow) { Rev = rev, Detail = "too slow here" },
            },
        };
}
