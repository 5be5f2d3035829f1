using System.Runtime.Versioning;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Models.Fetching;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>A disk that is really full while a model comes: a file system of a few megabytes.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class ModelDiskTests : IDisposable
{
    private readonly SmallDisk _disk = new(megabytes: 16);
    private readonly ColourCells _models = new();

    public void Dispose()
    {
        _models.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public async Task A_model_for_which_there_is_no_room_is_refused_before_it_is_asked_for_and_the_one_in_use_goes_on()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        await using RolloutFixture fixture = await RolloutFixture.CreateAsync();
        fixture.Agent.Configuration = fixture.Agent.Configuration with
        {
            StateDirectory = _disk.Path,
            Mqtt = fixture.Agent.Configuration.Mqtt with
            {
                Outbox = new OutboxOptions { MinFreeMb = 2 },
            },
        };
        await fixture.StartAsync();
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        using FileServer server = new(file);

        CommandReply refused = await fixture.StageAsync(file, server.Url, size: 20_000_000);

        Assert.Equal(ResultCode.Failed, refused.Code);
        Assert.Contains("19.1 MiB are still to come", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("mqtt.outbox.min_free_mb (2)", refused.Detail, StringComparison.Ordinal);
        Assert.Empty(server.Asked);

        // A small one is refused likewise, once others have taken the room down to the floor.
        _disk.Fill(leaveBytes: 1_500_000);
        Assert.Equal(ResultCode.Failed, (await fixture.StageAsync(file, server.Url)).Code);
        Assert.Empty(server.Asked);
        await fixture.FrameAsync("1.0.0", fixture.Frames().Count());

        _disk.Free();
        Assert.True((await fixture.StageAsync(file, server.Url)).Ok);
        Assert.True((await fixture.ActivateAsync(file)).Ok);
    }

    [Fact]
    public async Task A_disk_that_fills_while_a_model_comes_has_it_refused_and_the_room_given_back()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        await using RolloutFixture fixture = await RolloutFixture.CreateAsync();
        fixture.Agent.Configuration = fixture.Agent.Configuration with
        {
            StateDirectory = _disk.Path,
            Mqtt = fixture.Agent.Configuration.Mqtt with
            {
                Outbox = new OutboxOptions { MinFreeMb = 1 },
            },
        };
        await fixture.StartAsync();
        byte[] large = new byte[4_000_000];
        using FileServer server = new(large) { Dribble = 40_000 };

        Task<CommandReply> staging = fixture.StageAsync(large, server.Url);
        string part = Path.Combine(fixture.StagingFolder, $"{RolloutFixture.Hash(large)}.part");
        for (int waited = 0; !File.Exists(part) || new FileInfo(part).Length == 0; waited++)
        {
            Assert.InRange(waited, 0, 3000);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        _disk.Fill(leaveBytes: 4096);
        CommandReply refused = await staging;

        Assert.Equal(ResultCode.Failed, refused.Code);
        Assert.Contains("the file cannot be kept", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(part).Length);
        Assert.Single(Directory.GetFiles(fixture.Store, "*.onnx"));
        await fixture.FrameAsync("1.0.0", fixture.Frames().Count());

        _disk.Free();
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        using FileServer good = new(file);
        Assert.True((await fixture.StageAsync(file, good.Url)).Ok);
        Assert.False(File.Exists(part));
    }

    /// <summary>Whatever number of bytes is left when the file is whole, it is staged or nothing has changed.</summary>
    [Fact]
    public void A_disk_that_is_full_when_a_model_is_named_leaves_what_was()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        ModelStore store = new(_disk.Path);
        ModelContent current = ModelContent.Read(_models.WriteGolden());
        store.Add(current);
        store.Promote(new StoredModel(current.Sha256, "m", "1.0.0", DateTime.UnixEpoch));
        byte[] index = File.ReadAllBytes(Path.Combine(_disk.Path, "models", "models.json"));
        ModelContent next = ModelContent.Read(_models.WriteGolden("2.0.0"));
        StagedModel staged = new(next.Sha256, "m", "2.0.0");
        int refused = 0;
        for (int pages = 0; store.Models.Staged is null; pages++)
        {
            Assert.InRange(pages, 0, 8);
            Directory.CreateDirectory(store.Incoming);
            string part = Path.Combine(store.Incoming, "x.part");
            File.Copy(next.Path, part, overwrite: true);
            _disk.Fill(leaveBytes: pages * 4096);
            try
            {
                store.Stage(staged, part);
            }
            catch (IOException)
            {
                refused++;
                string folder = Path.Combine(_disk.Path, "models");
                Assert.Equal(index, File.ReadAllBytes(Path.Combine(folder, "models.json")));
                Assert.Equal(2, Directory.GetFiles(folder).Length);
                Assert.Empty(Directory.GetFiles(store.Incoming));
                Assert.True(store.Holds(current.Sha256));
            }

            _disk.Free();
        }

        Assert.True(refused > 0);
        Assert.True(store.Holds(next.Sha256));
    }

    [Fact]
    public void What_could_not_be_written_is_not_written_when_the_file_is_closed()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        string part = Path.Combine(_disk.Path, "incoming", "x.part");
        using (IncomingFile file = new(part, 3_000_000, 0, _ => { }, TimeProvider.System))
        {
            file.RequireRoom();
            file.Append(new byte[1_000_000]);
            _disk.Fill(leaveBytes: 4096);
            Assert.Throws<DocumentRejectedException>(() => file.Append(new byte[1_000_000]));
            Assert.Equal(0, file.Length);
        }

        Assert.Equal(0, new FileInfo(part).Length);
    }
}
