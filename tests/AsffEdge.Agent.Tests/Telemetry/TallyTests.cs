using System.Reflection;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Telemetry;

namespace AsffEdge.Agent.Tests.Telemetry;

public sealed class TallyTests
{
    [Fact]
    public void Every_name_is_there_from_the_start_and_only_those()
    {
        Tally tally = new(["a", "b"]);
        tally.Count("b");
        tally.Count("b");

        Assert.Equal([("a", 0L), ("b", 2L)], tally.Counts);
        Assert.Throws<KeyNotFoundException>(() => tally.Count("c"));
    }

    [Fact]
    public void No_reason_of_a_camera_is_forgotten() =>
        Assert.Equal(
            typeof(CameraReason)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => (string)field.GetRawConstantValue()!)
                .Order(),
            CameraReason.All.Order()
        );
}
