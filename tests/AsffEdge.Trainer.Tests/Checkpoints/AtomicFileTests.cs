using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Trainer.Tests.Checkpoints;

/// <summary>Two that write one file or folder at once.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_writer_of_a_file_is_refused_and_leaves_the_first_alone()
    {
        AtomicFile.Write(
            At("a.zip"),
            stream =>
            {
                stream.Write("fir"u8);
                stream.Flush();
                FileInUseException error = Assert.Throws<FileInUseException>(() =>
                    AtomicFile.Write(At("a.zip"), other => other.Write("second"u8))
                );
                Assert.StartsWith(
                    $"{At("a.zip")}: another asff-train is writing it",
                    error.Message,
                    StringComparison.Ordinal
                );
                stream.Write("st"u8);
            }
        );

        Assert.Equal("first", File.ReadAllText(At("a.zip")));
        Assert.Equal([At("a.zip")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_second_builder_of_a_folder_is_refused_and_leaves_the_first_alone()
    {
        AtomicFile.BuildFolder(
            At("v1"),
            temporary =>
            {
                File.WriteAllText(Path.Combine(temporary, "a"), "first");
                FileInUseException error = Assert.Throws<FileInUseException>(() =>
                    AtomicFile.BuildFolder($"{At("v1")}/", _ => Assert.Fail("built"))
                );
                Assert.StartsWith(
                    $"{At("v1")}: another asff-train is writing it",
                    error.Message,
                    StringComparison.Ordinal
                );
            }
        );

        Assert.Equal("first", File.ReadAllText(Path.Combine(At("v1"), "a")));
        Assert.Equal([At("v1")], Directory.GetFileSystemEntries(_folder.Path));
        IOException exists = Assert.Throws<IOException>(() =>
            AtomicFile.BuildFolder(At("v1"), _ => Assert.Fail("built"))
        );
        Assert.Contains("exists already", exists.Message, StringComparison.Ordinal);
        Assert.Equal([At("v1")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_device_is_written_to_and_stays_one()
    {
        // A device that is always full: a file in its place would not be.
        IOException error = Assert.Throws<IOException>(() =>
            AtomicFile.Write("/dev/full", stream => stream.Write("anything"u8))
        );

        Assert.Contains("/dev/full", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo("/dev/full").Length);
        Assert.False(File.Exists("/dev/full.tmp"));
    }

    /// <summary>Also where one opens the lock's file just when another one removes it.</summary>
    [Fact]
    public void A_lock_is_held_by_one_at_a_time()
    {
        const int Times = 1000;
        int holders = 0;
        Parallel.For(
            0,
            4,
            _ =>
            {
                for (int taken = 0; taken < Times; )
                {
                    try
                    {
                        using var held = WriteLock.Take(At("v1.lock"), At("v1"));
                        Assert.Equal(1, Interlocked.Increment(ref holders));
                        Thread.Yield();
                        Interlocked.Decrement(ref holders);
                        taken++;
                    }
                    catch (FileInUseException)
                    {
                        Thread.Yield();
                    }
                }
            }
        );

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
