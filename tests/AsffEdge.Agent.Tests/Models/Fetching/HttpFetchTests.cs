using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models.Fetching;
using AsffEdge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Models.Fetching;

/// <summary>Files from a web server that does not do what it should, by a clock that runs faster than the real one where waiting is all there is to do.</summary>
public sealed class HttpFetchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly byte[] _content = new byte[100_000];

    public HttpFetchTests() => new Random(1).NextBytes(_content);

    private string Part => Path.Combine(_folder.Path, "incoming", "x.part");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Whatever part of it is here, what is missing is fetched, and nothing else where that is right.</summary>
    [Fact]
    public async Task What_is_here_is_gone_on_from_wherever_it_ends()
    {
        using FileServer server = new(_content);
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        for (int length = 0; length <= _content.Length; length += 9_973)
        {
            File.WriteAllBytes(Part, _content[..length]);
            await FetchAsync(server.Url);

            Assert.Equal(_content, File.ReadAllBytes(Part));
            Assert.Equal(length, server.Asked.Last());
        }
    }

    [Fact]
    public async Task A_server_that_falls_silent_for_good_is_given_up_and_what_came_is_kept()
    {
        using FileServer server = new(_content) { StallsAfter = 0 };
        server.StallsAfter = 40_000;
        Task fetching = FetchAsync(server.Url);
        await UntilAsync(() => File.Exists(Part) && new FileInfo(Part).Length == 40_000);
        server.StallsAfter = 0;

        DocumentRejectedException failed = await PassTimeAsync(fetching);

        Assert.Equal(ResultCode.NotFetched, failed.Code);
        Assert.Contains("nothing came for 30 s", failed.Message, StringComparison.Ordinal);
        Assert.Contains(
            "40000 of 100000 bytes are here, and 5 tries brought no more",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(_content[..40_000], File.ReadAllBytes(Part));
        Assert.Equal([0, .. Enumerable.Repeat(40_000L, 5)], server.Asked);
    }

    [Fact]
    public async Task A_server_that_sends_a_little_now_and_then_is_given_up_and_what_came_is_kept()
    {
        using FileServer server = new(_content) { Dribble = 16 };

        DocumentRejectedException failed = await PassTimeAsync(FetchAsync(server.Url));

        Assert.Equal(ResultCode.NotFetched, failed.Code);
        Assert.Contains("too slowly", failed.Message, StringComparison.Ordinal);
        Assert.Contains(
            "expected at least 1024 a second",
            failed.Message,
            StringComparison.Ordinal
        );
        byte[] came = File.ReadAllBytes(Part);
        Assert.InRange(came.Length, 16, _content.Length / 2);
        Assert.Equal(_content[..came.Length], came);
    }

    [Fact]
    public async Task A_server_without_ranges_whose_connections_break_is_given_up()
    {
        using FileServer server = new(_content, cuts: 0..100) { HasRanges = false };

        DocumentRejectedException failed = await PassTimeAsync(FetchAsync(server.Url));

        Assert.Equal(ResultCode.NotFetched, failed.Code);
        Assert.Equal(6, server.Asked.Count);
    }

    [Theory]
    [InlineData(true, -1, "the file there has 100000 bytes")]
    [InlineData(true, 1, "the file there has 100000 bytes")]
    [InlineData(false, -1, "the file there has more than 99999 bytes")]
    public async Task A_file_of_another_size_than_was_announced_is_refused(
        bool saysLength,
        int off,
        string why
    )
    {
        using FileServer server = new(_content) { SaysLength = saysLength };

        DocumentRejectedException failed = await Assert.ThrowsAsync<DocumentRejectedException>(() =>
            FetchAsync(server.Url, _content.Length + off)
        );

        Assert.Equal(ResultCode.NotFetched, failed.Code);
        Assert.Contains(why, failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task An_address_that_leads_to_one_that_is_allowed_is_followed_and_the_rest_asked_for_there()
    {
        using FileServer server = new(_content) { Location = FileServer.Moved };
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        File.WriteAllBytes(Part, _content[..5000]);

        await FetchAsync(server.Url);

        Assert.Equal(_content, File.ReadAllBytes(Part));
        Assert.Equal([5000], server.Asked);
    }

    [Theory]
    [InlineData("http://192.0.2.1/model.onnx", ResultCode.BadSource, "model.sources")]
    [InlineData("file:///etc/passwd", ResultCode.BadSource, "allowed: http:// or https://")]
    [InlineData("/again", ResultCode.NotFetched, "more than 5 times")]
    public async Task One_that_leads_elsewhere_is_not(string location, ResultCode code, string why)
    {
        using FileServer server = new(_content) { Location = location };

        DocumentRejectedException failed = await Assert.ThrowsAsync<DocumentRejectedException>(() =>
            FetchAsync(server.Url)
        );

        Assert.Equal(code, failed.Code);
        Assert.Contains(why, failed.Message, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task There_is_no_room_before_anything_is_asked_for()
    {
        using FileServer server = new(_content);

        DocumentRejectedException failed = await Assert.ThrowsAsync<DocumentRejectedException>(() =>
            FetchAsync(server.Url, 1L << 60)
        );

        Assert.Equal(ResultCode.Failed, failed.Code);
        Assert.Contains("mqtt.outbox.min_free_mb (1)", failed.Message, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    private async Task FetchAsync(string url, long? size = null)
    {
        ModelSources sources = new(
            new ModelOptions { Path = "x.onnx", Sources = ["http://127.0.0.1/", Root(url)] },
            "broker"
        );
        using HttpFetch fetch = new(sources, _time);
        using IncomingFile file = new(Part, size ?? _content.Length, 1, _ => { }, _time);
        file.RequireRoom();
        await fetch.RunAsync(new Uri(url), file, Ct);
    }

    private static string Root(string url) => new Uri(new Uri(url), "/").ToString();

    /// <summary>Lets a hundred seconds go by in one, until it has failed.</summary>
    private async Task<DocumentRejectedException> PassTimeAsync(Task fetching)
    {
        for (int seconds = 0; !fetching.IsCompleted; seconds++)
        {
            Assert.InRange(seconds, 0, 3600);
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Ct);
        }

        return await Assert.ThrowsAsync<DocumentRejectedException>(() => fetching);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int waited = 0; !isSo(); waited++)
        {
            Assert.InRange(waited, 0, 1500);
            await Task.Delay(20, Ct);
        }
    }
}
