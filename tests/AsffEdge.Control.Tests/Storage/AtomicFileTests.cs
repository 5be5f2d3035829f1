using AsffEdge.Control.Storage;

namespace AsffEdge.Control.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_writer_of_a_file_is_refused_and_leaves_the_first_alone()
    {
        string path = Path.Combine(_folder.Path, "a.json");
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write("fir"u8);
                stream.Flush();
                Assert.Throws<IOException>(() => AtomicFile.Write(path, "second"u8));
                Assert.Throws<IOException>(() =>
                    AtomicFile.Write(path, other => other.Write("third"u8))
                );
                stream.Write("st"u8);
            }
        );

        Assert.Equal("first", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }
}
