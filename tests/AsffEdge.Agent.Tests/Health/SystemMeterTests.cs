using AsffEdge.Agent.Health;

namespace AsffEdge.Agent.Tests.Health;

public sealed class SystemMeterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Memory_and_disk_of_this_machine_are_plausible()
    {
        Assert.InRange(new SystemMeter().ResidentMemoryMb()!.Value, 10, 100_000);
        Assert.InRange(SystemMeter.DiskFreeMb(_folder.Path)!.Value, 1, 1e9);
        Assert.Equal(
            SystemMeter.DiskFreeMb("/")!.Value,
            SystemMeter.DiskFreeMb("/not/made/yet")!.Value,
            tolerance: 1000
        );
    }

    [Fact]
    public void The_hottest_zone_counts_and_broken_sensors_do_not()
    {
        Zone("thermal_zone0", "45500\n");
        Zone("thermal_zone1", "61234\n");
        Zone("thermal_zone2", "off\n");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "thermal_zone3"));

        Assert.Equal(61.234, new SystemMeter(thermalZones: _folder.Path).TemperatureC());
    }

    [Fact]
    public void What_a_machine_does_not_have_is_null()
    {
        Assert.Null(new SystemMeter(thermalZones: _folder.Path).TemperatureC());
        Assert.Null(new SystemMeter(thermalZones: "/none").TemperatureC());
        Assert.Null(new SystemMeter(processStatus: "/none").ResidentMemoryMb());
        Assert.Null(
            new SystemMeter(processStatus: _folder.Write("status", "Name: x\n")).ResidentMemoryMb()
        );
    }

    [Fact]
    public void Memory_is_read_as_kibibytes() =>
        Assert.Equal(
            2.5,
            new SystemMeter(
                processStatus: _folder.Write("status", "Name: x\nVmRSS:\t    2560 kB\n")
            ).ResidentMemoryMb()
        );

    private void Zone(string name, string temperature)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, name));
        _folder.Write(Path.Combine(name, "temp"), temperature);
    }
}
