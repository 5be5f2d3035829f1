using System.Text.Json;
using AsffEdge.Agent.Footage;

namespace AsffEdge.Agent.Tests.Footage;

public sealed class PackTests : IDisposable
{
    // Python's tarfile, and the rules of docs/footage.md one by one.
    private const string Check = """
        import hashlib, json, sys, tarfile
        pack = tarfile.open(json.load(sys.stdin))
        members = pack.getmembers()
        read = {m.name: pack.extractfile(m).read() for m in members}
        manifest = json.loads(read['pack.json'])
        end = json.loads(read['end.json'])
        created = __import__('datetime').datetime.fromisoformat(manifest['created'].replace('Z', '+00:00')).timestamp()
        assert not pack.pax_headers
        for m in members:
            assert m.type == tarfile.REGTYPE and m.mode == 0o644 and (m.uid, m.gid, m.uname, m.gname) == (0, 0, '', ''), m.get_info()
            assert m.mtime == created and len(m.name) <= 99, m.get_info()
        assert [m.name for m in members] == ['pack.json'] + [f['name'] for f in manifest['files']] + ['end.json']
        for f in manifest['files']:
            assert f['size'] == len(read[f['name']]) and f['sha256'] == hashlib.sha256(read[f['name']]).hexdigest(), f
        assert end == {'format': 1, 'files': len(manifest['files']), 'bytes': sum(f['size'] for f in manifest['files']),
                       'pack_sha256': hashlib.sha256(read['pack.json']).hexdigest()}, end
        print(json.dumps({'manifest': manifest, 'coco': {n: json.loads(b) for n, b in read.items() if n.endswith('coco.json')}}))
        """;

    private readonly StoreFixture _fixture = new();
    private readonly TemporaryFolder _out = new();

    public PackTests()
    {
        _fixture.Add("gate", 700);
        _fixture.Add("yard", 512);
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        _fixture.Add("gate", 300);
    }

    public void Dispose()
    {
        _out.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public void A_pack_is_what_the_format_says()
    {
        Assert.SkipUnless(Python.Has("tarfile"), "needs Python 3");
        PackResult pack = Pack()!;

        Assert.Equal("gate-07_20260301T090000Z_20260302T090002Z.tar", Path.GetFileName(pack.Path));
        Assert.Equal((3, false, true), (pack.Pictures, pack.IsContinued, pack.IsForgotten));
        JsonElement said = JsonElement.Parse(
            Python.Run(Check, JsonSerializer.Serialize(pack.Path))
        );
        JsonElement manifest = said.GetProperty("manifest");
        Assert.Equal("2026-03-01T09:00:00Z", manifest.GetProperty("from").GetString());
        Assert.Equal("2026-03-02T09:00:02Z", manifest.GetProperty("to").GetString());
        Assert.Equal(
            [
                "gate/2026-03-01/coco.json",
                "gate/2026-03-01/090000.000.jpg",
                "gate/2026-03-02/coco.json",
                "gate/2026-03-02/090002.000.jpg",
                "yard/2026-03-01/coco.json",
                "yard/2026-03-01/090001.000.jpg",
            ],
            manifest
                .GetProperty("files")
                .EnumerateArray()
                .Select(file => file.GetProperty("name").GetString())
        );
        JsonElement coco = said.GetProperty("coco").GetProperty("yard/2026-03-01/coco.json");
        JsonElement image = Assert.Single(coco.GetProperty("images").EnumerateArray());
        Assert.True(image.GetProperty("masks_applied").GetBoolean());
        Assert.Equal("yard", coco.GetProperty("info").GetProperty("camera").GetString());
    }

    [Fact]
    public void What_is_packed_is_forgotten_but_not_what_of_today_was_spent()
    {
        _fixture.Store.ComposeAll();
        Pack();

        Assert.Empty(_fixture.Names);
        Assert.Equal(
            [Path.Combine(_fixture.Root, "gate", "2026-03-02", "frames.jsonl")],
            Directory.GetFiles(_fixture.Root, "*.js*", SearchOption.AllDirectories)
        );
        _fixture.Store.Tidy();
        Assert.Equal((0, 300L), (_fixture.Store.Count, _fixture.Store.BytesToday));
        _fixture.Open();
        Assert.Equal(300, _fixture.Store.BytesToday);
        _fixture.Add();
        Assert.Single(_fixture.Names);
        Assert.Equal(1, Pack()!.Pictures);
        Assert.Null(Pack());
    }

    [Fact]
    public void Cut_or_damaged_anywhere_it_is_continued_to_the_same_bytes()
    {
        PackResult whole = Pack(isKept: true)!;
        byte[] bytes = File.ReadAllBytes(whole.Path);
        string part = $"{whole.Path}.part";
        File.Delete(whole.Path);
        _fixture.Time.Advance(TimeSpan.FromHours(1));

        // Behind pack.json, whose end says when the pack was made.
        int begin = 512 + 1536;
        int continued = 0;
        for (int cut = begin; cut <= bytes.Length; cut += 61)
        {
            File.WriteAllBytes(part, bytes[..cut]);
            Again();
            byte[] damaged = [.. bytes];
            damaged[Math.Min(cut, bytes.Length - 1)] ^= 1;
            File.WriteAllBytes(part, damaged);
            Again();
        }

        Assert.InRange(continued, 100, int.MaxValue);

        void Again()
        {
            PackResult again = Pack(isKept: true)!;
            if (again.IsContinued)
            {
                continued++;
                Assert.Equal(bytes, File.ReadAllBytes(again.Path));
            }

            Assert.Empty(Directory.GetFiles(_out.Path, "*.part"));
            File.Delete(again.Path);
        }
    }

    [Fact]
    public void One_that_was_begun_with_what_is_gone_is_begun_anew()
    {
        PackResult whole = Pack(isKept: true)!;
        byte[] bytes = File.ReadAllBytes(whole.Path);
        File.Delete(whole.Path);
        File.WriteAllBytes($"{whole.Path}.part", bytes[..(bytes.Length / 2)]);
        File.Delete(Path.Combine(_fixture.Root, _fixture.Names[0]));

        PackResult again = Pack()!;

        Assert.Equal((2, false), (again.Pictures, again.IsContinued));
        Assert.Empty(_fixture.Names);
        Assert.Equal([again.Path], Directory.GetFiles(_out.Path));
    }

    [Fact]
    public void Only_what_was_chosen_is_packed_and_another_pack_of_the_same_time_gets_another_name()
    {
        PackResult yard = Pack(new FootageSelection("yard"), isKept: true)!;
        PackResult once = Pack(new FootageSelection("yard"), isKept: true)!;
        PackResult day = Pack(new FootageSelection(From: new DateOnly(2026, 3, 2)))!;

        Assert.NotEqual(yard.Path, once.Path);
        Assert.Equal((1, 1), (yard.Pictures, day.Pictures));
        Assert.Equal(2, _fixture.Names.Count);
        Assert.Null(Pack(new FootageSelection("dock")));
    }

    [Fact]
    public void Two_at_once_are_one_too_many()
    {
        using FootageLock other = new(_fixture.Root);

        IOException error = Assert.Throws<IOException>(() => Pack());

        Assert.Contains("packing or purging", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, _fixture.Names.Count);
    }

    [Fact]
    public void Interrupted_it_leaves_what_can_be_continued_and_everything_on_the_device()
    {
        using CancellationTokenSource stop = new();
        FootagePacker packer = new(_fixture.Root, "gate-07", "1.0.0", _fixture.Time);

        Assert.Throws<OperationCanceledException>(() =>
            packer.Pack(
                _out.Path,
                new FootageSelection(),
                false,
                new Told(progress =>
                {
                    if (progress is { What: "packing", Done: > 500 })
                    {
                        stop.Cancel();
                    }
                }),
                stop.Token
            )
        );

        Assert.Equal(3, _fixture.Names.Count);
        Assert.Single(Directory.GetFiles(_out.Path, "*.part"));
        Assert.True(Pack()!.IsContinued);
        Assert.Empty(_fixture.Names);
    }

    [Fact]
    public void Read_without_a_file_it_has_the_same_bytes_and_is_as_long_as_it_says()
    {
        byte[] bytes = File.ReadAllBytes(Pack(isKept: true)!.Path);
        byte[] json = bytes[512..(512 + Array.IndexOf(bytes, (byte)0, 512) - 512)];
        PackPlan plan = PackPlan.Resume(json, "gate-07", _fixture.Root)!;
        using PackStream pack = new(plan);
        using MemoryStream read = new();

        pack.ReadExactly(new byte[bytes.Length / 2]);
        pack.Position = 0;
        pack.CopyTo(read);

        Assert.Equal(bytes, read.ToArray());
        Assert.Equal((bytes.Length, bytes.Length), (pack.Length, pack.Position));
        Assert.Throws<NotSupportedException>(() => pack.Position = 1);
    }

    private PackResult? Pack(FootageSelection? selection = null, bool isKept = false) =>
        new FootagePacker(_fixture.Root, "gate-07", "1.0.0", _fixture.Time).Pack(
            _out.Path,
            selection ?? new FootageSelection(),
            isKept,
            new Told(_ => { }),
            TestContext.Current.CancellationToken
        );

    private sealed class Told(Action<PackProgress> tell) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => tell(value);
    }
}
