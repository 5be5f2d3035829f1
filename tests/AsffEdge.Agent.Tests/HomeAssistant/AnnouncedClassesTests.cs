using AsffEdge.Agent.HomeAssistant;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Tests.HomeAssistant;

public sealed class AnnouncedClassesTests
{
    private static readonly string[] Labels = ["person", "Traffic light", "traffic light"];

    [Fact]
    public void Without_a_choice_all_classes_are_announced() =>
        Assert.Equal(
            ["person", "traffic-light", "traffic-light-2"],
            AnnouncedClasses.Of([], Labels).Select(known => known.Id)
        );

    [Fact]
    public void A_choice_does_not_change_what_stands_for_a_class_in_topics() =>
        Assert.Equal(
            ["traffic-light-2"],
            AnnouncedClasses.Of(["traffic light"], Labels).Select(known => known.Id)
        );

    [Fact]
    public void A_class_that_the_model_does_not_have_is_named_with_the_nearest()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            AnnouncedClasses.Of(["person", "persn"], Labels)
        );

        Assert.Equal(
            [
                "home_assistant.classes holds 'persn', which is no class of the model; did you mean 'person'? Allowed: person, Traffic light, traffic light",
            ],
            error.Problems
        );
    }
}
