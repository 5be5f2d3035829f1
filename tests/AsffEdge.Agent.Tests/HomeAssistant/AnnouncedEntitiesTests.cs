using AsffEdge.Agent.HomeAssistant;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Tests.HomeAssistant;

public sealed class AnnouncedEntitiesTests : IDisposable
{
    private const string Topic = "homeassistant/device/gate-07/config";

    private static readonly Dictionary<string, string> Some = new()
    {
        ["profile"] = "select",
        ["camera_dock-1_fps"] = "sensor",
    };

    private readonly TemporaryFolder _state = new();

    private string File => Path.Combine(_state.Path, "home-assistant.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void What_was_announced_is_known_after_a_restart()
    {
        Open().Add(Topic, Some);
        Open().Add(Topic, [KeyValuePair.Create("camera_dock-2_fps", "sensor")]);
        Open().Add("ha/device/gate-07/config", Some);

        AnnouncedEntities announced = Open();

        Assert.Equal(["ha/device/gate-07/config", Topic], announced.Topics);
        Assert.Equal(
            ["camera_dock-1_fps", "camera_dock-2_fps", "profile"],
            announced.On(Topic).Keys
        );
        Assert.Equal("select", announced.On(Topic)["profile"]);
    }

    [Fact]
    public void A_topic_that_was_emptied_is_forgotten()
    {
        Open().Add(Topic, Some);
        Open().Forget(Topic);

        AnnouncedEntities announced = Open();

        Assert.Empty(announced.Topics);
        Assert.Empty(announced.On(Topic));
    }

    [Fact]
    public void What_is_known_already_is_not_written_again()
    {
        Open().Add(Topic, Some);
        DateTime written = DateTime.UnixEpoch;
        System.IO.File.SetLastWriteTimeUtc(File, written);

        Open().Add(Topic, Some);

        Assert.Equal(written, System.IO.File.GetLastWriteTimeUtc(File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"v":1}""")]
    [InlineData("""{"v":1,"topics":[]}""")]
    [InlineData("""{"v":1,"topics":{"a":null}}""")]
    [InlineData("""{"v":1,"topics":{"a":{"profile":7}}}""")]
    public void What_cannot_be_read_counts_as_not_there_and_is_replaced(string content)
    {
        System.IO.File.WriteAllText(File, content);

        AnnouncedEntities announced = Open();

        Assert.Empty(announced.Topics);
        announced.Add(Topic, Some);
        Assert.Equal(Some.Count, Open().On(Topic).Count);
    }

    [Fact]
    public void A_file_that_ends_anywhere_is_read_whole_or_not_at_all()
    {
        Open().Add(Topic, Some);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Empty(Open().Topics);
        }
    }

    [Fact]
    public void An_entity_without_a_platform_is_left_out()
    {
        System.IO.File.WriteAllText(
            File,
            """{"v":1,"topics":{"a":{"profile":null,"connection":"binary_sensor"}}}"""
        );

        Assert.Equal(["connection"], Open().On("a").Keys);
    }

    [Fact]
    public void Without_a_place_to_write_it_is_known_until_the_process_ends()
    {
        System.IO.File.WriteAllText(_state.Path + "/state", "a file where the folder should be");
        AnnouncedEntities announced = new(
            _state.Path + "/state",
            NullLogger<AnnouncedEntities>.Instance
        );

        announced.Add(Topic, Some);

        Assert.Equal(Some.Count, announced.On(Topic).Count);
    }

    private AnnouncedEntities Open() => new(_state.Path, NullLogger<AnnouncedEntities>.Instance);
}
