using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class ClassFilterTests
{
    [Fact]
    public void A_class_that_the_model_does_not_have_is_named_with_the_nearest_one()
    {
        CameraOptions camera = new()
        {
            Id = "a",
            Source = "a.avi",
            Zones = new Dictionary<string, ZoneOptions>
            {
                ["dock"] = new(["0 0", "1 0", "1 1"], ["persn", "car"]),
            },
            Lines = new Dictionary<string, LineOptions> { ["gate"] = new(["0 0", "1 1"], ["bus"]) },
        };

        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            ClassFilter.Check([camera], ["person", "car"])
        );

        Assert.Contains(
            "cameras.0.zones.dock.classes holds 'persn', which is no class of the model; did you mean 'person'? Allowed: person, car",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cameras.0.lines.gate.classes holds 'bus', which is no class of the model; ",
            error.Message,
            StringComparison.Ordinal
        );
        ClassFilter.Check([camera], ["persn", "car", "bus"]);
    }

    [Fact]
    public void Without_classes_all_are_meant()
    {
        Assert.True(ClassFilter.Allows(ClassFilter.Of([], ["a", "b"]), 7));
        bool[]? filter = ClassFilter.Of(["b"], ["a", "b"]);
        Assert.Equal(
            [false, true, false],
            Enumerable.Range(0, 3).Select(id => ClassFilter.Allows(filter, id))
        );
    }
}
