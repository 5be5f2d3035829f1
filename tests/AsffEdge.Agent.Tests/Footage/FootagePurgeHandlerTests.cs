using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Footage;

public sealed class FootagePurgeHandlerTests : IDisposable
{
    private readonly CommandFixture _desk = new();
    private readonly StoreFixture _fixture = new();

    public FootagePurgeHandlerTests()
    {
        _fixture.Add("gate", 700);
        _fixture.Add("yard", 512);
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        _fixture.Add("gate", 300);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _desk.Dispose();
    }

    [Theory]
    [InlineData("""{"v":1}""", 3, 1512, "gate/2026-03-01 gate/2026-03-02 yard/2026-03-01")]
    [InlineData("""{"v":1,"camera":"gate"}""", 2, 1000, "gate/2026-03-01 gate/2026-03-02")]
    [InlineData("""{"v":1,"day":"2026-03-01"}""", 2, 1212, "gate/2026-03-01 yard/2026-03-01")]
    [InlineData("""{"v":1,"camera":"dock"}""", 0, 0, "")]
    public async Task A_list_has_what_was_asked_for(
        string json,
        int pictures,
        long bytes,
        string days
    )
    {
        await _desk.SendAsync(new FootageListHandler(_fixture.Root), json);

        FootageAnswer found = await AnswerAsync();
        Assert.Equal((pictures, bytes), (found.Pictures, found.Bytes));
        Assert.Equal(days, Text(found));
        Assert.Equal(3, _fixture.Names.Count);
    }

    [Theory]
    [InlineData("""{"v":1,"all":true}""", "gate/2026-03-01 gate/2026-03-02 yard/2026-03-01", 0)]
    [InlineData("""{"v":1,"camera":"gate","day":"2026-03-02"}""", "gate/2026-03-02", 2)]
    [InlineData("""{"v":1,"camera":"yard","all":false}""", "yard/2026-03-01", 2)]
    public async Task What_was_chosen_is_removed_and_told(string json, string days, int left)
    {
        await _desk.SendAsync(new FootagePurgeHandler(_fixture.Root, null), json);

        Assert.Equal(days, Text(await AnswerAsync()));
        Assert.Equal(left, _fixture.Names.Count);
        _fixture.Store.Tidy();
        Assert.Equal(left, _fixture.Store.Count);
    }

    [Theory]
    [InlineData("""{"v":1}""", "'all' must be true")]
    [InlineData("""{"v":1,"all":false}""", "'all' must be true")]
    [InlineData("""{"v":1,"camera":"gate","all":true}""", "and only there")]
    [InlineData("""{"v":1,"day":"2026-02-31"}""", "there is no such day")]
    [InlineData("""{"v":1,"day":"../.."}""", "allowed: a day (UTC) such as 2026-03-01")]
    [InlineData("""{"v":1,"camera":"../gate"}""", "'camera' is '../gate'")]
    public async Task What_is_not_clear_removes_nothing(string json, string problem)
    {
        await _desk.SendAsync(new FootagePurgeHandler(_fixture.Root, null), json);

        (ResultCode code, string detail) = await _desk.FailureAsync();
        Assert.Equal(ResultCode.BadDocument, code);
        Assert.Contains(problem, detail, StringComparison.Ordinal);
        Assert.Equal(3, _fixture.Names.Count);
    }

    [Fact]
    public async Task While_somebody_packs_nothing_is_removed()
    {
        using FootageLock other = new(_fixture.Root);
        await _desk.SendAsync(
            new FootagePurgeHandler(_fixture.Root, null),
            """{"v":1,"all":true}"""
        );

        Assert.Contains(
            "packing or purging",
            (await _desk.FailureAsync()).Detail,
            StringComparison.Ordinal
        );
        Assert.Equal(3, _fixture.Names.Count);
    }

    [Fact]
    public async Task A_long_list_has_its_newest_days()
    {
        for (int day = 0; day < 230; day++)
        {
            _fixture.Time.Advance(TimeSpan.FromDays(1));
            _fixture.Add("gate", 10);
        }

        await _desk.SendAsync(new FootageListHandler(_fixture.Root), """{"v":1}""");

        FootageAnswer found = await AnswerAsync();
        Assert.Equal((233, 200, 33), (found.Pictures, found.Days.Count, found.DaysLeftOut));
        Assert.Equal("2026-10-18", found.Days[^1].Day);
    }

    private async Task<FootageAnswer> AnswerAsync()
    {
        CommandReply reply = await _desk.NextAsync();
        Assert.Equal((ReplyState.Done, ResultCode.Ok), (reply.State, reply.Code));
        return reply.Footage!;
    }

    private static string Text(FootageAnswer footage) =>
        string.Join(' ', footage.Days.Select(day => $"{day.Camera}/{day.Day}"));
}
