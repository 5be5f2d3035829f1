using System.Formats.Tar;
using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>Footage on disk that is sent.</summary>
internal sealed class UploadFixture : IDisposable
{
    public StoreFixture Store { get; } = new();

    /// <summary>Adds pictures of two cameras.</summary>
    public string[] AddPictures(int count, int bytes = 200_000)
    {
        for (int picture = 0; picture < count; picture++)
        {
            Store.Add(picture % 2 == 0 ? "gate" : "yard", bytes);
        }

        return [.. Store.Names];
    }

    /// <summary>What sends, as if the agent had just started.</summary>
    public PackUpload NewUpload(
        FootageUploadOptions options,
        double silentForS = 30,
        Func<IPackTarget>? open = null
    ) =>
        new(
            Store.Root,
            "gate-07",
            "1.0.0",
            (long)options.PackMb << 20,
            open ?? (() => UploadTargets.Open(options, TimeSpan.FromSeconds(silentForS))),
            Store.Time
        );

    /// <summary>Sends until there is nothing left.</summary>
    public static async Task<IReadOnlyList<SentPack>> SendAllAsync(PackUpload upload)
    {
        List<SentPack> sent = [];
        while (await SendAsync(upload) is { } pack)
        {
            sent.Add(pack);
        }

        return sent;
    }

    public static Task<SentPack?> SendAsync(PackUpload upload) =>
        upload.SendAsync(_ => { }, TestContext.Current.CancellationToken);

    /// <summary>The pictures in packs, each of which must be whole.</summary>
    public static IReadOnlyList<string> PicturesIn(string folder) =>
        [
            .. Directory
                .GetFiles(folder)
                .SelectMany(path =>
                {
                    using FileStream file = File.OpenRead(path);
                    return PicturesIn(file);
                }),
        ];

    /// <summary>The pictures in a pack, which must be whole.</summary>
    public static IReadOnlyList<string> PicturesIn(Stream pack)
    {
        using TarReader reader = new(pack);
        Dictionary<string, byte[]> files = [];
        while (reader.GetNextEntry() is { } entry)
        {
            using MemoryStream content = new();
            entry.DataStream?.CopyTo(content);
            files.Add(entry.Name, content.ToArray());
        }

        using JsonDocument manifest = JsonDocument.Parse(files["pack.json"]);
        Assert.Contains("end.json", files.Keys);
        foreach (JsonElement file in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            Assert.Equal(
                file.GetProperty("sha256").GetString(),
                PackPlan.Hash(files[file.GetProperty("name").GetString()!])
            );
        }

        return [.. files.Keys.Where(name => name.EndsWith(".jpg", StringComparison.Ordinal))];
    }

    public void Dispose() => Store.Dispose();
}
