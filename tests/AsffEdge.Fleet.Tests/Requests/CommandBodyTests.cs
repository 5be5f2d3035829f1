using System.Text.Json.Nodes;
using AsffEdge.Fleet.Requests;
using AsffEdge.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Fleet.Tests.Requests;

public sealed class CommandBodyTests
{
    [Theory]
    [InlineData("camera=dock-1 boxes=true", """{"camera":"dock-1","boxes":true}""")]
    [InlineData(
        "profile=fast cameras.dock-1.profile=max cameras.yard.profile=auto",
        """{"profile":"fast","cameras":{"dock-1":{"profile":"max"},"yard":{"profile":"auto"}}}"""
    )]
    [InlineData(
        "policy.settle_s=1.5 rev=-3 a=1e3",
        """{"policy":{"settle_s":1.5},"rev":-3,"a":1e3}"""
    )]
    [InlineData("""by="42" x= y=1.0.0 z=a=b""", """{"by":"42","x":"","y":"1.0.0","z":"a=b"}""")]
    [InlineData(
        """a={"b":[1]} c=null d=[ e=+1""",
        """{"a":{"b":[1]},"c":null,"d":"[","e":"\u002B1"}"""
    )]
    [InlineData("", "{}")]
    public void Words_become_json(string words, string json)
    {
        JsonObject body = CommandBody.Parse(
            words.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );

        Assert.Equal(json, body.ToJsonString());
    }

    [Theory]
    [InlineData(
        "fast",
        "'fast' is no KEY=VALUE; for example profile=fast or cameras.dock-1.profile=max"
    )]
    [InlineData("=fast", "'=fast' is no KEY=VALUE")]
    [InlineData("a..b=1", "'a..b=1' is no KEY=VALUE")]
    [InlineData("a=1 a=2", "'a' is given twice")]
    [InlineData("a=1 a.b=2", "'a.b=2' contradicts what a was given before")]
    [InlineData("a.b=1 a=2", "'a' is given twice")]
    public void Words_that_say_nothing_are_named(string words, string problem)
    {
        FormatException error = Assert.Throws<FormatException>(() =>
            CommandBody.Parse(words.Split(' '))
        );

        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_words_are_either_json_or_a_usage_error()
    {
        Prop.ForAll<string[]>(words =>
            {
                try
                {
                    JsonNode.Parse(
                        CommandBody.Parse(words.Select(word => word ?? "")).ToJsonString()
                    );
                }
                catch (FormatException error)
                {
                    Assert.NotEmpty(error.Message);
                }
            })
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("[]", "--json-body is JSON, but no object")]
    [InlineData("", "--json-body cannot be read: ")]
    [InlineData("{", "--json-body cannot be read: ")]
    [InlineData("""{"a":1,"a":2}""", "--json-body cannot be read: ")]
    public void Json_that_is_no_object_is_refused(string json, string problem)
    {
        FormatException error = Assert.Throws<FormatException>(() => CommandBody.ParseJson(json));

        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_the_contract_names_can_be_checked()
    {
        IEnumerable<string?> names = typeof(CommandName)
            .GetFields()
            .Select(field => (string?)field.GetValue(null));

        Assert.Equal(names.Order(), CommandBody.Known.Order());
    }

    [Theory]
    [InlineData("ping", "", null)]
    [InlineData("ping", "profile=fast", "'profile' is unknown")]
    [InlineData("snapshot", "", "'camera' is missing")]
    [InlineData("snapshot", "camera=dock-1 boxes=maybe", "'boxes'")]
    [InlineData("camera.restart", "camera=Dock", "'camera'")]
    [InlineData("profile.set", "profile=fast", null)]
    [InlineData("profile.set", "size=320", "'size' is unknown")]
    public void A_command_is_checked_as_the_agent_will(string name, string words, string? problem)
    {
        JsonObject body = CommandBody.Parse(
            words.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
        CommandBody.Complete(body, name, FleetMessages.Now);

        Exception? error = Record.Exception(() => CommandBody.Check(body, name));

        if (problem is null)
        {
            Assert.Null(error);
        }
        else
        {
            Assert.IsType<DocumentRejectedException>(error);
            Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_profile_gets_a_revision_unless_it_has_one()
    {
        JsonObject without = CommandBody.Parse(["profile=fast"]);
        JsonObject with = CommandBody.Parse(["profile=fast", "rev=7"]);

        CommandBody.Complete(without, CommandName.ProfileSet, FleetMessages.Now);
        CommandBody.Complete(with, CommandName.ProfileSet, FleetMessages.Now);

        Assert.Equal("""{"v":1,"profile":"fast","rev":1795410000}""", without.ToJsonString());
        Assert.Equal("""{"v":1,"profile":"fast","rev":7}""", with.ToJsonString());
    }

    [Theory]
    [InlineData("response_topic=x")]
    [InlineData("correlation_id=x")]
    public void Where_to_answer_is_not_for_the_user_to_say(string word)
    {
        JsonObject body = CommandBody.Parse([word]);

        Assert.Throws<FormatException>(() =>
            CommandBody.Complete(body, CommandName.Ping, FleetMessages.Now)
        );
    }
}
