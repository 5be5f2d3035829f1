using System.IO.Compression;
using AsffEdge.Trainer.Checkpoints.Import;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>A file of PyTorch's, read without the network that the command needs.</summary>
internal sealed record TorchRead(TorchFile File, StateDictionary State, IDisposable Stream)
    : IDisposable
{
    public static TorchRead Open(string path)
    {
        FileStream stream = System.IO.File.OpenRead(path);
        bool zip = stream.ReadByte() == 'P';
        stream.Position = 0;
        TorchFile file = zip
            ? TorchFile.ReadZip(new ZipArchive(stream))
            : TorchFile.ReadLegacy(stream);
        return new TorchRead(file, StateDictionary.Find(file.Root, key: null).State, stream);
    }

    public void Dispose() => Stream.Dispose();
}
