using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Agent.Tests.Footage;

public sealed class FootageStoreTests : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly StoreFixture _fixture = new(
        new FootageBudgetOptions
        {
            MbPerDay = 3,
            MaxMb = 5,
            MaxAgeDays = 10,
        }
    );

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void What_is_kept_is_there_after_a_restart_with_everything_that_is_known_of_it()
    {
        _fixture.Add("gate");
        _fixture.Add("yard");
        _fixture.Open();
        _fixture.Add("gate");

        Assert.Equal(
            [
                "gate/2026-03-01/090000.000.jpg",
                "gate/2026-03-01/090002.000.jpg",
                "yard/2026-03-01/090001.000.jpg",
            ],
            _fixture.Names
        );
        Assert.Equal(
            (3, 3000L, 3000L),
            (_fixture.Store.Count, _fixture.Store.Bytes, _fixture.Store.BytesToday)
        );
        StoredFrame frame = FootageDay.All(_fixture.Root)[0].Frames()[0];
        Assert.True(frame.Model.IsSame(StoreFixture.Model));
        FrameEntry expected = StoreFixture.NewEntry(
            new(2026, 3, 1, 9, 0, 0, DateTimeKind.Utc),
            1000
        );
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(frame.Entry));
    }

    [Fact]
    public void A_day_that_is_over_gets_its_coco_json_and_an_agent_that_stops_writes_those_of_today()
    {
        _fixture.Add();
        _fixture.Add("yard");
        _fixture.Store.Tidy();
        Assert.Empty(Cocos());

        _fixture.Time.Advance(TimeSpan.FromDays(1));
        _fixture.Store.Tidy();
        Assert.Equal(2, Cocos().Length);

        _fixture.Add();
        _fixture.Store.ComposeAll();
        Assert.Equal(3, Cocos().Length);
        using JsonDocument coco = JsonDocument.Parse(File.ReadAllBytes(Cocos()[0]));
        JsonElement image = Assert.Single(coco.RootElement.GetProperty("images").EnumerateArray());
        Assert.Equal("gate/2026-03-01/090000.000.jpg", image.GetProperty("file_name").GetString());
        JsonElement box = Assert.Single(
            coco.RootElement.GetProperty("annotations").EnumerateArray()
        );
        Assert.Equal("[311.5,120,41.2,118.7]", box.GetProperty("bbox").GetRawText());
        Assert.Equal(4890.44, box.GetProperty("area").GetDouble());
    }

    [Fact]
    public void Each_frame_names_the_model_that_ran_then()
    {
        ModelEntry next = StoreFixture.Model with { Version = "1.1.0" };
        _fixture.Add();
        _fixture.Add(model: next);
        _fixture.Open();
        _fixture.Add(model: StoreFixture.Model);

        Assert.Equal(
            ["1.0.0", "1.1.0", "1.0.0"],
            FootageDay.All(_fixture.Root)[0].Frames().Select(frame => frame.Model.Version)
        );
    }

    [Fact]
    public void A_day_has_so_many_bytes_and_no_more_whatever_is_removed_or_restarted_meanwhile()
    {
        for (int picture = 0; picture < 3; picture++)
        {
            Assert.Equal(KeepOutcome.Kept, _fixture.Add(bytes: Megabyte));
        }

        Assert.Equal(KeepOutcome.DayIsFull, _fixture.Add(bytes: 1));
        File.Delete(Directory.GetFiles(_fixture.Root, "*.jpg", SearchOption.AllDirectories)[0]);
        _fixture.Store.Tidy();
        Assert.Equal(KeepOutcome.DayIsFull, _fixture.Add(bytes: 1));
        _fixture.Open();
        Assert.Equal(KeepOutcome.DayIsFull, _fixture.Add(bytes: 1));

        _fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(KeepOutcome.Kept, _fixture.Add(bytes: 1));
    }

    [Fact]
    public void The_oldest_go_first_over_all_cameras()
    {
        foreach (string camera in (string[])["gate", "yard", "gate"])
        {
            _fixture.Add(camera, Megabyte);
        }

        _fixture.Time.Advance(TimeSpan.FromDays(1));
        foreach (string camera in (string[])["yard", "gate", "yard"])
        {
            _fixture.Add(camera, Megabyte);
        }

        Assert.Equal(
            [
                "gate/2026-03-01/090002.000.jpg",
                "gate/2026-03-02/090004.000.jpg",
                "yard/2026-03-01/090001.000.jpg",
                "yard/2026-03-02/090003.000.jpg",
                "yard/2026-03-02/090005.000.jpg",
            ],
            _fixture.Names
        );
    }

    [Fact]
    public void What_is_too_old_goes_and_so_do_the_folders()
    {
        _fixture.Add("gate");
        _fixture.Time.Advance(TimeSpan.FromDays(9));
        _fixture.Add("yard");
        _fixture.Store.Tidy();
        Assert.Equal(2, _fixture.Names.Count);

        _fixture.Time.Advance(TimeSpan.FromDays(1.5));
        _fixture.Store.Tidy();

        Assert.Equal("yard/2026-03-10/090001.000.jpg", Assert.Single(_fixture.Names));
        Assert.False(Directory.Exists(Path.Combine(_fixture.Root, "gate")));
    }

    [Fact]
    public void Two_frames_of_a_millisecond_are_one()
    {
        DateTime captured = _fixture.Now;
        Assert.Equal(KeepOutcome.Kept, _fixture.Add(captured: captured));
        Assert.Equal(KeepOutcome.SameTime, _fixture.Add(captured: captured));
        Assert.Single(_fixture.Names);
    }

    [Fact]
    public void What_others_remove_is_noticed()
    {
        _fixture.Add("gate");
        _fixture.Add("yard");
        Directory.Delete(Path.Combine(_fixture.Root, "gate"), recursive: true);
        _fixture.Store.Tidy();

        Assert.Equal((1, 1000L), (_fixture.Store.Count, _fixture.Store.Bytes));
        _fixture.Add("gate");
        Assert.Equal(2, _fixture.Names.Count);
    }

    [Fact]
    public void Whatever_comes_no_day_and_no_total_is_exceeded()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll<int>(HoldsBudget));
    }

    [Fact]
    public void A_power_cut_at_any_byte_leaves_only_whole_frames_and_the_next_one_can_be_added()
    {
        _fixture.Add();
        _fixture.Add();
        string[] known = [.. _fixture.Names];
        FootageDay day = FootageDay.All(_fixture.Root)[0];
        int before = (int)new FileInfo(day.Journal).Length;
        DateTime captured = _fixture.Now;
        _fixture.Add();
        byte[] journal = File.ReadAllBytes(day.Journal);
        string picture = Path.Combine(day.Path, FootageDay.PictureName(captured));

        for (int cut = before; cut <= journal.Length; cut++)
        {
            File.WriteAllBytes(day.Journal, journal[..cut]);
            File.WriteAllBytes(picture, new byte[1000]);
            File.WriteAllBytes($"{picture}.tmp", new byte[cut - before]);

            // Also without any clearing up, nothing that is not whole is seen.
            bool isWhole = cut == journal.Length;
            Assert.Equal(isWhole ? 3 : 2, _fixture.Names.Count);

            _fixture.Open();
            Assert.Equal(isWhole ? 3 : 2, _fixture.Store.Count);
            Assert.Equal(isWhole, File.Exists(picture));
            Assert.False(File.Exists($"{picture}.tmp"));
            if (cut % 50 == 0)
            {
                Assert.Equal(KeepOutcome.Kept, _fixture.Add());
                Assert.Equal(isWhole ? 4 : 3, _fixture.Names.Count);
                Assert.Equal(known, _fixture.Names.Take(2));
                File.Delete(Path.Combine(_fixture.Root, _fixture.Names[^1]));
            }
        }
    }

    [Fact]
    public void Lines_that_are_none_are_passed_over()
    {
        _fixture.Add();
        FootageDay day = FootageDay.All(_fixture.Root)[0];
        File.AppendAllText(day.Journal, "no JSON\n{}\n[1]\nnull\n{\"frame\":{}}\n");
        _fixture.Add();

        Assert.Equal(2, _fixture.Names.Count);
    }

    private string[] Cocos() =>
        [.. Directory.GetFiles(_fixture.Root, "coco.json", SearchOption.AllDirectories).Order()];

    private static void HoldsBudget(int seed)
    {
        Random random = new(seed);
        using StoreFixture fixture = new(new FootageBudgetOptions { MbPerDay = 1, MaxMb = 2 });
        Dictionary<DateTime, long> written = [];
        for (int picture = 0; picture < 60; picture++)
        {
            int bytes = random.Next(1, random.Next(1, Megabyte + 10));
            DateTime today = fixture.Now.Date;
            if (fixture.Add(random.Next(2) == 0 ? "gate" : "yard", bytes) == KeepOutcome.Kept)
            {
                written[today] = written.GetValueOrDefault(today) + bytes;
            }

            long onDisk = new DirectoryInfo(fixture.Root)
                .EnumerateFiles("*.jpg", SearchOption.AllDirectories)
                .Sum(file => file.Length);
            Assert.Equal(onDisk, fixture.Store.Bytes);
            Assert.InRange(onDisk, 0, 2 * Megabyte);
            fixture.Time.Advance(TimeSpan.FromMinutes(random.Next(200)));
            switch (random.Next(10))
            {
                case 0:
                    fixture.Open();
                    break;
                case 1:
                    fixture.Store.Tidy();
                    break;
            }
        }

        Assert.All(written, day => Assert.InRange(day.Value, 1, Megabyte));
    }
}
