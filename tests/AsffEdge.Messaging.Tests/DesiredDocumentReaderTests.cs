using System.Text;

namespace AsffEdge.Messaging.Tests;

public sealed class DesiredDocumentReaderTests
{
    [Fact]
    public void The_document_of_the_contract_is_read_whole()
    {
        DesiredDocument document = Read(
            """
            {"v":1,"rev":42,"issued":"2026-11-23T05:00:00Z","by":"ops@hq","profile":"fast","cameras":{"dock-2":{"profile":"accurate"}},
             "profiles":{"fast":{"size":320},"balanced":{"size":512,"score_threshold":0.25,"nms_threshold":0.5,"max_fps":7.5},"accurate":{"size":800}},
             "policy":{"settle_s":30,"min_fps":4,"rollback":true}}
            """
        );

        Assert.Equal(42, document.Rev);
        Assert.Equal(new DateTime(2026, 11, 23, 5, 0, 0, DateTimeKind.Utc), document.Issued);
        Assert.Equal("ops@hq", document.By);
        Assert.Equal("fast", document.Profile);
        Assert.Equal(new DesiredCamera("accurate"), document.Cameras!["dock-2"]);
        Assert.Equal(new DesiredProfile(320, null, null, null), document.Profiles!["fast"]);
        Assert.Equal(new DesiredProfile(512, 0.25, 0.5, 7.5), document.Profiles["balanced"]);
        Assert.Equal(new DesiredPolicy(30, 4, true), document.Policy);
    }

    [Fact]
    public void The_smallest_document_needs_version_revision_and_profile()
    {
        DesiredDocument document = Read("""{"v":1,"rev":1,"profile":"fast"}""");

        Assert.Null(document.Cameras);
        Assert.Null(document.Profiles);
        Assert.Null(document.Policy);
        Assert.Null(document.Issued);
    }

    [Theory]
    [InlineData("""{"v":1,"rev":1,"profile":"inherit"}""")]
    [InlineData("""{"v":1,"rev":1,"profile":"inherit","cameras":{},"profiles":{}}""")]
    [InlineData("""{"v":1,"rev":1,"profile":"auto"}""")]
    [InlineData("""{"v":1,"rev":1,"profile":"a","cameras":{"a":{"profile":"auto"}}}""")]
    public void The_reserved_names_are_taken_where_they_mean_something(string json) =>
        Assert.Equal(1, Read(json).Rev);

    [Theory]
    [InlineData(
        """{"v":1,"rev":1,"profle":"fast"}""",
        "'profle' is unknown; did you mean 'profile'? Allowed: v, rev, issued, by, profile, cameras, profiles, policy"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","cameras":{"a":{"profil":"x"}}}""",
        "'cameras.a.profil' is unknown; did you mean 'profile'? Allowed: profile"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","profiles":{"a":{"size":320,"sise":1}}}""",
        "'profiles.a.sise' is unknown; did you mean 'size'?"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","policy":{"settle":1}}""",
        "'policy.settle' is unknown"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","response_topic":"x"}""",
        "'response_topic' is unknown"
    )]
    [InlineData("""{"rev":1,"profile":"fast"}""", "'v' is missing")]
    [InlineData(
        """{"v":2,"rev":1,"profile":"fast"}""",
        "'v' is 2; allowed: a whole number from 1 to 1"
    )]
    [InlineData("""{"v":1,"profile":"fast"}""", "'rev' is missing")]
    [InlineData("""{"v":1,"rev":0,"profile":"fast"}""", "'rev' is 0")]
    [InlineData("""{"v":1,"rev":-3,"profile":"fast"}""", "'rev' is -3")]
    [InlineData("""{"v":1,"rev":1.5,"profile":"fast"}""", "'rev' is 1.5")]
    [InlineData("""{"v":1,"rev":"1","profile":"fast"}""", "'rev' is text")]
    [InlineData("""{"v":1,"rev":9007199254740992,"profile":"fast"}""", "'rev' is 9007199254740992")]
    [InlineData("""{"v":1,"rev":1}""", "'profile' is missing")]
    [InlineData(
        """{"v":1,"rev":1,"profile":"inherit","cameras":{"a":{"profile":"fast"}}}""",
        "'profile' is 'inherit', which asks for nothing; allowed with it: no 'cameras' and no 'profiles'"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"inherit","profiles":{"a":{"size":320}}}""",
        "'profile' is 'inherit', which asks for nothing"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","cameras":{"a":{"profile":"inherit"}}}""",
        "'cameras.a.profile' is 'inherit', which only the document's 'profile' can be"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","profiles":{"auto":{"size":320}}}""",
        "'profiles.auto' cannot be: the name 'auto' is reserved"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","policy":{"max_memory_mb":0}}""",
        "'policy.max_memory_mb' is 0; allowed: a number from 1 to 16777216"
    )]
    [InlineData("""{"v":1,"rev":1,"profile":null}""", "'profile' is null")]
    [InlineData(
        """{"v":1,"rev":1,"profile":"../../etc"}""",
        "'profile' is '../../etc'; allowed: 1 to 48 of a-z, 0-9 and '-'"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","issued":"yesterday"}""",
        "'issued' is 'yesterday'"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","cameras":[]}""",
        "'cameras' is an array; expected an object"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","cameras":{"../x":{"profile":"a"}}}""",
        "'cameras.../x' is no id"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","cameras":{"a":{}}}""",
        "'cameras.a.profile' is missing"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","profiles":{"a":{}}}""",
        "'profiles.a.size' is missing"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","profiles":{"a":{"size":"320"}}}""",
        "'profiles.a.size' is text"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","profiles":{"a":{"size":320,"score_threshold":1e999}}}""",
        "'profiles.a.score_threshold' is 1e999; allowed: a number from 0 to 1"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","profiles":{"a":{"size":320,"max_fps":0}}}""",
        "'profiles.a.max_fps' is 0"
    )]
    [InlineData(
        """{"v":1,"rev":1,"profile":"fast","policy":{"rollback":"yes"}}""",
        "'policy.rollback' is text; allowed: true, false"
    )]
    [InlineData("""{"v":1,"rev":1,"rev":2,"profile":"fast"}""", "'rev' is there twice")]
    [InlineData(
        """{"v":1,"rev":1,"profile":"\ud800"}""",
        "'profile' holds text that is no Unicode"
    )]
    [InlineData("""{"v":1,"rev":1,"profile":"fast","by":NaN}""", "not JSON")]
    [InlineData("[]", "the document is an array; expected an object")]
    [InlineData("null", "the document is null; expected an object")]
    [InlineData("", "not JSON")]
    [InlineData("{\"v\":1", "not JSON")]
    public void Whatever_is_wrong_is_named(string json, string expected)
    {
        DocumentRejectedException rejection = Assert.Throws<DocumentRejectedException>(() =>
            Read(json)
        );

        Assert.Equal(ResultCode.BadDocument, rejection.Code);
        Assert.Contains(expected, rejection.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-320")]
    [InlineData("319")]
    [InlineData("321")]
    [InlineData("288")]
    [InlineData("801")]
    [InlineData("832")]
    [InlineData("4096")]
    [InlineData("320.5")]
    [InlineData("1e999")]
    [InlineData("99999999999999999999")]
    public void A_number_that_is_no_size_is_a_bad_size(string size)
    {
        DocumentRejectedException rejection = Assert.Throws<DocumentRejectedException>(() =>
            Read(
                $$$$"""{"v":1,"rev":7,"profile":"fast","profiles":{"fast":{"size":{{{{size}}}}}}}"""
            )
        );

        Assert.Equal(ResultCode.BadSize, rejection.Code);
        Assert.Equal(7, rejection.Rev);
        Assert.Contains(
            "multiples of 32 from 320 to 800",
            rejection.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_size_of_the_contract_is_taken()
    {
        for (int size = 320; size <= 800; size += 32)
        {
            DesiredDocument document = Read(
                $$$$"""{"v":1,"rev":7,"profile":"fast","profiles":{"fast":{"size":{{{{size}}}}}}}"""
            );
            Assert.Equal(size, document.Profiles!["fast"].Size);
        }
    }

    [Fact]
    public void A_document_may_have_64_kB_and_not_a_byte_more()
    {
        string json = """{"v":1,"rev":1,"profile":"fast"}""";

        Assert.Equal(1, Read(json.PadRight(64 * 1024)).Rev);
        DocumentRejectedException rejection = Assert.Throws<DocumentRejectedException>(() =>
            Read(json.PadRight(64 * 1024 + 1))
        );
        Assert.Contains(
            "65537 bytes; allowed: at most 65536",
            rejection.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(8, "unknown")]
    [InlineData(9, "at most 8 levels")]
    [InlineData(10_000, "at most 8 levels")]
    public void Nesting_ends_at_eight_levels(int depth, string expected)
    {
        string json =
            """{"v":1,"rev":1,"profile":"fast","x":"""
            + new string('[', depth - 1)
            + new string(']', depth - 1)
            + "}";

        DocumentRejectedException rejection = Assert.Throws<DocumentRejectedException>(() =>
            Read(json)
        );
        Assert.Contains(expected, rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_of_a_long_name_stays_short()
    {
        DocumentRejectedException rejection = Assert.Throws<DocumentRejectedException>(() =>
            Read($$$$"""{"v":1,"rev":1,"profile":"fast","{{{{new string('k', 50_000)}}}}":1}""")
        );
        Assert.InRange(rejection.Message.Length, 1, 400);
    }

    [Fact]
    public void A_command_may_carry_what_mqtt_3_has_no_place_for()
    {
        ProfileSetCommand command = CommandReader.ReadProfileSet(
            Encoding.UTF8.GetBytes(
                """{"v":1,"rev":3,"profile":"fast","response_topic":"r/a/agents/a/replies/x","correlation_id":"77"}"""
            )
        );

        Assert.Equal(3, command.Document.Rev);
        Assert.Equal("r/a/agents/a/replies/x", command.ResponseTopic);
        Assert.Equal("77", command.CorrelationId);
    }

    [Fact]
    public void A_refused_command_can_still_be_answered()
    {
        DocumentRejectedException rejection = Assert.Throws<DocumentRejectedException>(() =>
            CommandReader.ReadProfileSet(
                Encoding.UTF8.GetBytes(
                    """{"v":1,"rev":3,"correlation_id":"77","response_topic":"t","x":1}"""
                )
            )
        );

        Assert.Equal(3, rejection.Rev);
        Assert.Equal("77", rejection.CorrelationId);
        Assert.Equal("t", rejection.ResponseTopic);
    }

    private static DesiredDocument Read(string json) =>
        DesiredDocumentReader.Read(Encoding.UTF8.GetBytes(json));
}
