using System.Diagnostics;
using System.Globalization;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using static AsffEdge.Control.Tests.Profiles.ProfileFixture;

namespace AsffEdge.Control.Tests.Profiles;

public sealed class DesiredStoreTests : IDisposable
{
    private static readonly string[] Order = ["agent", "group:gates"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Stored => Path.Combine(_folder.Path, "desired.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_saved_is_found_after_a_restart_whole()
    {
        DesiredDocument document = new()
        {
            Rev = 7,
            By = "ops \"ü\"",
            Issued = new DateTime(2026, 11, 23, 5, 0, 0, DateTimeKind.Utc),
            Profile = "fast",
            Profiles = new Dictionary<string, DesiredProfile>
            {
                ["fast"] = new(352, 0.1, null, null),
            },
            Policy = new DesiredPolicy(30, 4, true) { MaxMemoryMb = 900 },
        };
        DesiredState state = new(Order)
        {
            Held = new DesiredState(Order)
                .With("agent", document)
                .Held.Add(
                    "group:gates",
                    new HeldDocument(Document(3, "inherit"))
                    {
                        Starts = 2,
                        Failure = new DocumentFailure(ResultCode.TooSlow, "it was", true),
                    }
                ),
            LastGood = new SourcedDocument("group:gates", Document(2, "fast")),
        };

        Assert.Null(Open().Save(state));

        Assert.Equivalent(state, Load(), strict: true);
        Assert.Equal(
            ["desired.json"],
            Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName)
        );
    }

    [Fact]
    public void A_state_directory_that_is_not_there_is_made()
    {
        string folder = Path.Combine(_folder.Path, "a", "b");

        Assert.Null(new DesiredStore(folder, NullLogger<DesiredStore>.Instance).Save(State(1)));

        Assert.True(File.Exists(Path.Combine(folder, "desired.json")));
    }

    [Fact]
    public void A_write_that_is_cut_off_at_any_byte_leaves_the_old_content_whole()
    {
        Open().Save(State(7));
        byte[] old = File.ReadAllBytes(Stored);
        Open().Save(State(8));
        byte[] whole = File.ReadAllBytes(Stored);
        File.WriteAllBytes(Stored, old);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(Stored + ".tmp", whole[..length]);
            Assert.Equal(7, Load().Strongest!.Document.Rev);
        }

        Assert.Null(Open().Save(State(9)));
        Assert.Equal(9, Load().Strongest!.Document.Rev);
        Assert.False(File.Exists(Stored + ".tmp"));
    }

    [Fact]
    [Trait("Category", "System")]
    public async Task A_process_that_is_killed_while_it_writes_leaves_what_it_had_stored_or_newer()
    {
        long stored = 0;
        for (int round = 0; round < 15; round++)
        {
            using Process writer = StateWriter.Start(_folder.Path, stored);
            string first = (await writer.StandardOutput.ReadLineAsync(Ct))!;
            await Task.Delay(round, Ct);
            writer.Kill();
            await writer.WaitForExitAsync(Ct);
            string rest = await writer.StandardOutput.ReadToEndAsync(Ct);

            // The last line may be cut off; what was said before it was stored.
            string said = rest.Contains('\n', StringComparison.Ordinal)
                ? rest[..rest.LastIndexOf('\n')].Split('\n')[^1]
                : first;
            DesiredState state = Load();
            long left = state.Strongest!.Document.Rev;
            Assert.InRange(left, long.Parse(said, CultureInfo.InvariantCulture), long.MaxValue);
            Assert.Equal(left, state.LastGood!.Document.Rev);
            Assert.True(left > stored);
            stored = left;
        }
    }

    [Fact]
    public void A_file_that_is_torn_at_any_byte_counts_as_none_and_never_throws()
    {
        Open().Save(State(7));
        byte[] whole = File.ReadAllBytes(Stored);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Stored, whole[..length]);
            DesiredState state = Load();
            Assert.Empty(state.Held);
            Assert.Null(state.LastGood);
        }
    }

    [Fact]
    public void Damage_of_any_kind_never_throws()
    {
        Open()
            .Save(
                new DesiredState(Order)
                {
                    Held = State(7).Held,
                    LastGood = new SourcedDocument("agent", Document(7, "fast")),
                }.Failed(new DocumentFailure(ResultCode.Failed, "it has", false))
            );
        byte[] whole = File.ReadAllBytes(Stored);
        Random random = new(20261123);
        int none = 0;
        int rounds = Fuzz.Rounds(400);
        for (int round = 0; round < rounds; round++)
        {
            byte[] damaged = [.. whole];
            for (int damage = random.Next(3); damage >= 0; damage--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(Stored, damaged);
            none += Load().Strongest is null ? 1 : 0;
        }

        Assert.InRange(none, rounds / 2, rounds - 1); // the damage does damage, and some of it leaves a document whole
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"v":3,"sources":{}}""")]
    [InlineData("""{"v":2}""")]
    [InlineData("""{"v":2,"sources":null,"last_good":null}""")]
    [InlineData("""{"v":2,"sources":{"agent":null},"last_good":{}}""")]
    [InlineData("""{"v":2,"sources":{"agent":{}},"last_good":{"source":"agent"}}""")]
    [InlineData("""{"v":2,"sources":{"agent":{"document":{"v":1,"rev":-1,"profile":"x"}}}}""")]
    [InlineData("""{"v":1,"sources":{"agent":null}}""")]
    [InlineData("""{"v":1,"sources":{"agent":[]}}""")]
    public void A_file_of_another_shape_counts_as_none(string content)
    {
        File.WriteAllText(Stored, content);

        Assert.Null(Load().Strongest);
        Assert.Null(Load().LastGood);
    }

    [Fact]
    public void One_document_that_cannot_be_read_does_not_take_the_others_along()
    {
        File.WriteAllText(
            Stored,
            """{"v":2,"sources":{"agent":{"document":{"v":1,"rev":9,"profile":"fast","of_a_later_version":1}},"group:gates":{"document":{"v":1,"rev":3,"profile":"fast"}}}}"""
        );

        Assert.Equal("group:gates", Load().Strongest?.Source);
    }

    [Fact]
    public void The_format_before_is_read_and_what_it_holds_counts_as_settled()
    {
        File.WriteAllText(
            Stored,
            """{"v":1,"sources":{"agent":{"v":1,"rev":42,"profile":"fast"}}}"""
        );

        DesiredState state = Load();

        Assert.Equal(42, state.Strongest!.Document.Rev);
        Assert.Equal(42, state.LastGood!.Document.Rev);
        Assert.False(state.IsOnTrial);
    }

    private static DesiredState State(long rev) =>
        new DesiredState(Order).With("agent", Document(rev, "fast"));

    private DesiredStore Open() => new(_folder.Path, NullLogger<DesiredStore>.Instance);

    private DesiredState Load() => Open().Load(Order);
}
