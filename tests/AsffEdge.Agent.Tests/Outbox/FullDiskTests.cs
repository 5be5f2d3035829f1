using System.Diagnostics;
using System.Runtime.Versioning;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;

namespace AsffEdge.Agent.Tests.Outbox;

/// <summary>A disk that is really full: a file system of two megabytes.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _isMounted;

    public FullDiskTests() =>
        _isMounted = Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", _folder.Path);

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", _folder.Path);
        }

        _folder.Dispose();
    }

    [Fact]
    public void While_the_disk_is_full_messages_go_on_in_order_and_back_to_disk_when_there_is_room()
    {
        Assert.SkipUnless(_isMounted, "needs the right to mount a file system");
        using OutboxFixture fixture = new(new OutboxOptions { MaxMb = 64 }, _folder.Path);
        int last = Fill(fixture, until: () => fixture.Outbox.Status.Problem is not null);
        Assert.Contains("full", fixture.Outbox.Status.Problem);

        // What is on the disk can be sent, and what waits in memory after it.
        for (int more = 0; more < 20; more++)
        {
            last = fixture.Add(padding: 4000);
        }

        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
        IReadOnlyList<OutboxMessage> sent = fixture.Outbox.Peek(100);
        fixture.Outbox.Acknowledge(sent[^1].Id);
        Assert.Equal(101, OutboxFixture.Number(fixture.Outbox.Peek(1)[0]));

        // Somebody makes room.
        Assert.True(Run("mount", "-o", "remount,size=64m", _folder.Path));
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        fixture.Outbox.Tidy();

        Assert.Null(fixture.Outbox.Status.Problem);
        Assert.Contains(fixture.Log.Lines, line => line.Contains("can be written again"));
        fixture.Reopen();
        Assert.Equal(Enumerable.Range(101, last - 100), OutboxFixture.Waiting(fixture.Outbox));
        Assert.Equal(0, fixture.Outbox.Status.Dropped);
    }

    [Fact]
    public void It_starts_on_a_full_disk_and_says_so()
    {
        Assert.SkipUnless(_isMounted, "needs the right to mount a file system");
        File.WriteAllBytes(Path.Combine(_folder.Path, "ballast"), new byte[(2 << 20) - 8192]);
        using OutboxFixture fixture = new(path: _folder.Path);
        int last = Fill(fixture, until: () => fixture.Outbox.Status.Problem is not null);

        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
        Assert.Single(fixture.Log.Lines, line => line.Contains("cannot be written"));
        File.Delete(Path.Combine(_folder.Path, "ballast"));
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        last = fixture.Add();
        fixture.Reopen();
        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
    }

    private static int Fill(OutboxFixture fixture, Func<bool> until)
    {
        int last = 0;
        while (!until())
        {
            last = fixture.Add(padding: 4000);
            Assert.InRange(last, 1, 1000);
        }

        return last;
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
            )!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
