using System.Collections.Concurrent;
using System.Diagnostics;
using AsffEdge.EndToEnd.Tests.Fixtures;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.EndToEnd.Tests.Packaging;

/// <summary>
/// The Debian package, from its making to its purge, on this machine under an overlay that is thrown away, and on the systems whose trees
/// <c>ASFF_SYSTEMS</c> names (colons between; <c>debootstrap --variant=minbase trixie /srv/trixie</c> makes one). <c>ASFF_OLD_DEB</c> names
/// the package to upgrade from; without it, that is this one under an older version.
/// </summary>
[Trait("Category", "Slow")]
public sealed class DebianPackageTests
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Built = new();

    public static TheoryData<string> Systems =>
        [
            "/",
            .. (Environment.GetEnvironmentVariable("ASFF_SYSTEMS") ?? "").Split(
                ':',
                StringSplitOptions.RemoveEmptyEntries
            ),
        ];

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task It_is_installed_run_upgraded_removed_and_purged(string system)
    {
        Assert.SkipUnless(
            await CanMountOverlayAsync(),
            "needs root and the right to mount an overlay, to install a package without changing this machine"
        );
        string old =
            Environment.GetEnvironmentVariable("ASFF_OLD_DEB") ?? await BuildOnceAsync("0.1.0");
        string newer = await BuildOnceAsync("0.1.1");
        await using Mosquitto broker = new();
        await broker.StartAsync();

        (_, string output) = await RunAsync(
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "sh",
            Path.Combine(AppContext.BaseDirectory, "Packaging", "package_life.sh"),
            system,
            old,
            newer,
            TestPaths.Clip,
            $"{broker.Port}"
        );
        PackageLife life = new(output);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{life["system"]}: from {life["version"]} to {life["version after"]}"
        );

        Assert.Equal("0", life["install"]);
        Assert.StartsWith("0.1.0", life["version"], StringComparison.Ordinal);
        Assert.Equal("", life["libraries"]);
        Assert.Equal("asff-edge:/var/lib/asff-edge", life["user"]);
        Assert.Equal("drwx------ asff-edge", life["state"]);
        Assert.Equal("drwx------ root", life["credentials"]);
        Assert.True(life["check-config"] == "0", output);
        Assert.Equal("0", life["manual"]);

        // Runs as its user, keeps what it was told, ends as a service should.
        Assert.Equal("\"rev_applied\":7", life["first reported"]);
        Assert.True(life["first exit"] == "0", output);
        Assert.Equal("0 of others", life["state file"]);

        Assert.True(life["upgrade"] == "0", output);
        Assert.StartsWith("0.1.1", life["version after"], StringComparison.Ordinal);
        Assert.Equal("# mine", life["configuration"]);
        Assert.Equal("\"rev_applied\":7", life["second reported"]);
        Assert.True(life["second exit"] == "0", output);

        Assert.True(life["remove"] == "0", output);
        Assert.Contains("/etc/asff-edge", life["left after remove"], StringComparison.Ordinal);
        Assert.Contains("/var/lib/asff-edge", life["left after remove"], StringComparison.Ordinal);
        Assert.DoesNotContain("/usr", life["left after remove"], StringComparison.Ordinal);
        Assert.True(life["purge"] == "0", output);
        Assert.Equal("", life["left after purge"]);
        Assert.Equal("", life["user after purge"]);
    }

    [Fact]
    public async Task The_manual_names_every_command_of_the_help()
    {
        string manual = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "man", "asff-edge.1"),
            TestContext.Current.CancellationToken
        );
        (int code, string help) = await RunAsync(TestPaths.AgentProgram, "--help");

        Assert.Equal(0, code);
        string[] commands =
        [
            .. help[help.IndexOf("Commands:", StringComparison.Ordinal)..]
                .Split('\n')
                .Skip(1)
                .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]),
        ];
        Assert.Contains("run", commands);
        Assert.All(commands, command => Assert.Matches($@"(?m)^\.(B|BI) ""?{command}\b", manual));
    }

    private static async Task<bool> CanMountOverlayAsync()
    {
        const string Try =
            "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && mkdir $d/u $d/w $d/r && mount -t overlay overlay -o lowerdir=/,upperdir=$d/u,workdir=$d/w $d/r";
        (int code, _) = await RunAsync("unshare", "--mount", "sh", "-c", Try);
        return code == 0;
    }

    private static Task<string> BuildOnceAsync(string version) =>
        Built.GetOrAdd(version, key => new Lazy<Task<string>>(() => BuildAsync(key))).Value;

    private static async Task<string> BuildAsync(string version)
    {
        (int code, string output) = await RunAsync(
            "env",
            $"VERSION={version}",
            Path.Combine(Repository.Root, "scripts", "deb.sh")
        );
        Assert.True(code == 0, output);
        return Path.Combine(Repository.Root, output.Trim().Split('\n')[^1]);
    }

    private static async Task<(int Code, string Output)> RunAsync(
        string program,
        params string[] arguments
    )
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        CancellationToken ct = TestContext.Current.CancellationToken;
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }
}
