using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Messaging.Tests;

public sealed class TopicsTests
{
    private static readonly Topics Topics = new("asff-edge/v1");

    [Fact]
    public void Topics_are_those_of_the_contract()
    {
        Assert.Equal("asff-edge/v1/agents/gate-07/status", Topics.Status("gate-07"));
        Assert.Equal("asff-edge/v1/agents/gate-07/info", Topics.Info("gate-07"));
        Assert.Equal("asff-edge/v1/agents/gate-07/health", Topics.Health("gate-07"));
        Assert.Equal("asff-edge/v1/agents/gate-07/desired", Topics.Desired("gate-07"));
        Assert.Equal("asff-edge/v1/agents/gate-07/reported", Topics.Reported("gate-07"));
        Assert.Equal(
            "asff-edge/v1/agents/gate-07/commands/profile.set",
            Topics.Command("gate-07", "profile.set")
        );
        Assert.Equal("asff-edge/v1/agents/gate-07/replies/ops", Topics.Reply("gate-07", "ops"));
        Assert.Equal(
            "asff-edge/v1/agents/gate-07/cameras/dock-2/status",
            Topics.CameraStatus("gate-07", "dock-2")
        );
        Assert.Equal(
            "asff-edge/v1/agents/gate-07/cameras/dock-2/detections",
            Topics.Detections("gate-07", "dock-2")
        );
        Assert.Equal(
            "asff-edge/v1/agents/gate-07/cameras/dock-2/events",
            Topics.Events("gate-07", "dock-2")
        );
        Assert.Equal("asff-edge/v1/groups/gates/desired", Topics.GroupDesired("gates"));
        Assert.Equal(
            "asff-edge/v1/groups/gates/commands/profile.set",
            Topics.GroupCommand("gates", "profile.set")
        );
    }

    [Fact]
    public void Every_built_topic_is_read_back_as_what_it_was_built_from()
    {
        Gen<string> id = Gen.Elements("abcdefghijklmnopqrstuvwxyz0123456789-".ToCharArray())
            .ArrayOf()
            .Where(characters => characters.Length is > 0 and <= Identifier.MaxLength)
            .Select(characters => new string(characters));
        Prop.ForAll(
                id.ToArbitrary(),
                id.ToArbitrary(),
                (agent, name) =>
                {
                    AssertParses(Topics.Status(agent), TopicKind.Status, agent, null);
                    AssertParses(Topics.Info(agent), TopicKind.Info, agent, null);
                    AssertParses(Topics.Health(agent), TopicKind.Health, agent, null);
                    AssertParses(Topics.Desired(agent), TopicKind.Desired, agent, null);
                    AssertParses(Topics.Reported(agent), TopicKind.Reported, agent, null);
                    AssertParses(Topics.Models(agent), TopicKind.Models, agent, null);
                    AssertParses(Topics.Command(agent, name), TopicKind.Command, agent, name);
                    AssertParses(Topics.Reply(agent, name), TopicKind.Reply, agent, name);
                    AssertParses(
                        Topics.CameraStatus(agent, name),
                        TopicKind.CameraStatus,
                        agent,
                        name
                    );
                    AssertParses(Topics.Detections(agent, name), TopicKind.Detections, agent, name);
                    AssertParses(Topics.Events(agent, name), TopicKind.Events, agent, name);
                    AssertParsesGroup(Topics.GroupDesired(agent), TopicKind.Desired, agent, null);
                    AssertParsesGroup(
                        Topics.GroupCommand(agent, name),
                        TopicKind.Command,
                        agent,
                        name
                    );
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("asff-edge/v2/agents/a/status")]
    [InlineData("asff-edge/v1/agents//status")]
    [InlineData("asff-edge/v1/agents/A/status")]
    [InlineData("asff-edge/v1/agents/a")]
    [InlineData("asff-edge/v1/agents/a/status/more")]
    [InlineData("asff-edge/v1/agents/a/commands/")]
    [InlineData("asff-edge/v1/agents/a/cameras/UP/status")]
    [InlineData("asff-edge/v1/agents/a/cameras/b/unknown")]
    [InlineData("asff-edge/v1/agents/../agents/a/status")]
    [InlineData("asff-edge/v1/groups/a")]
    [InlineData("asff-edge/v1/groups/A/desired")]
    [InlineData("asff-edge/v1/groups/a/reported")]
    [InlineData("asff-edge/v1/groups/a/desired/more")]
    [InlineData("asff-edge/v1/groups/a/commands/")]
    public void Foreign_topics_are_none(string topic) =>
        Assert.False(Topics.TryParse(topic, out _));

    [Theory]
    [InlineData("asff-edge/v1/agents/a/replies/ops", true)]
    [InlineData("asff-edge/v1/agents/a/replies/ops/42", true)]
    [InlineData("asff-edge/v1/agents/a/replies/", false)]
    [InlineData("asff-edge/v1/agents/a/replies", false)]
    [InlineData("asff-edge/v1/agents/a/replies/+", false)]
    [InlineData("asff-edge/v1/agents/a/replies/#", false)]
    [InlineData("asff-edge/v1/agents/b/replies/ops", false)]
    [InlineData("asff-edge/v1/agents/b/commands/profile.set", false)]
    [InlineData("asff-edge/v1/agents/a/commands/profile.set", false)]
    [InlineData("$SYS/broker", false)]
    public void Answers_go_only_below_the_own_replies(string topic, bool allowed) =>
        Assert.Equal(allowed, Topics.IsReplyOf("a", topic));

    [Theory]
    [InlineData("site/north/asff-edge/v1", true)]
    [InlineData("x", true)]
    [InlineData("", false)]
    [InlineData("/x", false)]
    [InlineData("x/", false)]
    [InlineData("x//y", false)]
    [InlineData("x/+/y", false)]
    [InlineData("x/#", false)]
    [InlineData("$share/x", false)]
    [InlineData("x\0", false)]
    public void Roots_are_checked(string root, bool allowed)
    {
        Assert.Equal(allowed, Topics.IsValidRoot(root));
        if (!allowed)
        {
            Assert.Throws<ArgumentException>(() => new Topics(root));
        }
    }

    [Theory]
    [InlineData("gate-07", true)]
    [InlineData("0", true)]
    [InlineData("", false)]
    [InlineData("Gate", false)]
    [InlineData("a_b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    [InlineData("0123456789-0123456789-0123456789-0123456789-abcd", true)] // 48
    [InlineData("0123456789-0123456789-0123456789-0123456789-abcde", false)] // 49
    public void Ids_are_short_and_plain(string id, bool valid) =>
        Assert.Equal(valid, Identifier.IsValid(id));

    [Fact]
    public void A_part_of_a_model_is_named_by_its_hash_and_its_number()
    {
        string sha256 = new('a', 64);

        Assert.Equal($"asff-edge/v1/models/{sha256}/7", Topics.ModelChunk(sha256, "7"));
        Assert.True(Topics.TryParse(Topics.ModelChunk(sha256, "7"), out ParsedTopic parsed));
        Assert.Equal(new ParsedTopic(TopicKind.ModelChunk, "", "7") { Model = sha256 }, parsed);
    }

    [Theory]
    [InlineData("asff-edge/v1/models/aa/7")]
    [InlineData(
        "asff-edge/v1/models/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/7"
    )]
    [InlineData(
        "asff-edge/v1/models/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/-7"
    )]
    [InlineData(
        "asff-edge/v1/models/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/7/8"
    )]
    [InlineData(
        "asff-edge/v1/models/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/99999999999"
    )]
    public void Anything_else_below_models_is_none(string topic) =>
        Assert.False(Topics.TryParse(topic, out _));

    private static void AssertParses(string topic, TopicKind kind, string agent, string? name)
    {
        Assert.True(Topics.TryParse(topic, out ParsedTopic parsed), topic);
        Assert.Equal(new ParsedTopic(kind, agent, name), parsed);
    }

    private static void AssertParsesGroup(string topic, TopicKind kind, string group, string? name)
    {
        Assert.True(Topics.TryParse(topic, out ParsedTopic parsed), topic);
        Assert.Equal(new ParsedTopic(kind, "", name) { Group = group }, parsed);
    }
}
