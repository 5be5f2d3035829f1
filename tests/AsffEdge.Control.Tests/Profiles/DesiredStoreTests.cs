using System.Text;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Control.Tests.Profiles;

public sealed class DesiredStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "desired.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_put_is_found_after_a_restart_whole()
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
            Policy = new DesiredPolicy(30, 4, true),
        };

        Assert.Null(Open().Put("agent", document));

        Assert.Equivalent(document, Open().Find("agent"), strict: true);
        Assert.True(Open().Holds("agent", document));
        Assert.False(Open().Holds("agent", document with { Profile = "max" }));
        Assert.Null(Open().Find("group:x"));
        Assert.Equal(
            ["desired.json"],
            Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName)
        );
    }

    [Fact]
    public void A_state_directory_that_is_not_there_is_made()
    {
        string folder = Path.Combine(_folder.Path, "a", "b");

        Assert.Null(
            new DesiredStore(folder, NullLogger<DesiredStore>.Instance).Put(
                "agent",
                ProfileFixture.Document(1, "x")
            )
        );

        Assert.True(System.IO.File.Exists(Path.Combine(folder, "desired.json")));
    }

    [Fact]
    public void A_write_that_was_cut_off_leaves_the_old_content()
    {
        Open().Put("agent", ProfileFixture.Document(7, "fast"));
        System.IO.File.WriteAllText(File + ".tmp", """{"v":1,"sour""");

        Assert.Equal(7, Open().Find("agent")!.Rev);
        Assert.Null(Open().Put("agent", ProfileFixture.Document(8, "fast")));
        Assert.Equal(8, Open().Find("agent")!.Rev);
    }

    [Fact]
    public void A_damaged_file_counts_as_none_and_never_throws()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            """{"v":1,"sources":{"agent":{"v":1,"rev":42,"profile":"fast","cameras":{"a":{"profile":"x"}}}}}"""
        );
        Random random = new(20261123);
        int none = 0;
        for (int round = 0; round < 500; round++)
        {
            byte[] damaged = [.. whole[..random.Next(whole.Length + 1)]];
            if (damaged.Length > 0)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            System.IO.File.WriteAllBytes(File, damaged);
            none += Open().Find("agent") is null ? 1 : 0;
        }

        Assert.InRange(none, 400, 500);
    }

    private DesiredStore Open() => new(_folder.Path, NullLogger<DesiredStore>.Instance);
}
