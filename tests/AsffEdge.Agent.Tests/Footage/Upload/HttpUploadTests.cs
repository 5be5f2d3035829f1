using System.Diagnostics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>Footage that is sent to nginx.</summary>
public sealed class HttpUploadTests : IDisposable
{
    private readonly UploadFixture _fixture = new();

    public HttpUploadTests() => Assert.SkipUnless(NginxServer.IsThere, NginxServer.Needs);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task All_goes_in_packs_that_are_no_larger_than_allowed_newest_first_and_is_then_forgotten()
    {
        using NginxServer server = new();
        string[] pictures = _fixture.AddPictures(12);

        IReadOnlyList<SentPack> sent = await UploadFixture.SendAllAsync(
            _fixture.NewUpload(OptionsFor(server))
        );

        Assert.Equal([5, 5, 2], sent.Select(pack => pack.Pictures));
        Assert.Equal(
            sent.Select(pack => (pack.Name, pack.Bytes)).Order(),
            Directory
                .GetFiles(server.Folder)
                .Select(path => (Path.GetFileName(path), new FileInfo(path).Length))
                .Order()
        );
        Assert.StartsWith(
            "gate-07_20260301T090007Z_20260301T090011Z_",
            sent[0].Name,
            StringComparison.Ordinal
        );
        Assert.Equal(pictures.Order(), UploadFixture.PicturesIn(server.Folder).Order());
        Assert.Empty(_fixture.Store.Names);
        Assert.False(File.Exists(Path.Combine(_fixture.Store.Root, ".upload")));
    }

    [Theory]
    [InlineData(
        "return 301 https://elsewhere.example/x?token=t0ken;",
        true,
        "301: it sends elsewhere (https://elsewhere.example/x), where no picture is sent"
    )]
    [InlineData("return 401;", true, "401: see footage.upload.username")]
    [InlineData("limit_except GET HEAD { deny all; }", true, "403: see footage.upload.username")]
    [InlineData(
        "client_max_body_size 500k;",
        true,
        "413: 1.0 MiB are too much for it; lower footage.upload.pack_mb"
    )]
    [InlineData("return 429;", false, "429")]
    [InlineData("return 500;", false, "500")]
    [InlineData("return 507;", true, "507: it has no room left")]
    [InlineData("return 405;", true, "405: it must answer PUT and HEAD")]
    public async Task A_refusal_costs_no_picture_and_no_megabyte(
        string location,
        bool isRefusal,
        string problem
    )
    {
        using NginxServer server = new(location);
        string[] pictures = _fixture.AddPictures(6);
        IPackTarget? target = null;
        PackUpload upload = _fixture.NewUpload(
            OptionsFor(server),
            open: () => target = UploadTargets.Open(OptionsFor(server))
        );

        for (int tries = 0; tries < 3; tries++)
        {
            UploadException error = await Assert.ThrowsAsync<UploadException>(() =>
                UploadFixture.SendAsync(upload)
            );

            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Equal(isRefusal, error.IsRefusal);
            Assert.DoesNotContain("t0ken", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, target!.BytesSent);
        }

        Assert.Equal(pictures, _fixture.Store.Names);
        Assert.Empty(Directory.GetFiles(server.Folder));
    }

    [Fact]
    public async Task A_busy_server_says_when_to_come_back()
    {
        using NginxServer server = new("add_header Retry-After 120 always; return 503;");
        _fixture.AddPictures(1);

        UploadException error = await Assert.ThrowsAsync<UploadException>(() =>
            UploadFixture.SendAsync(_fixture.NewUpload(OptionsFor(server)))
        );

        Assert.Equal((false, TimeSpan.FromMinutes(2)), (error.IsRefusal, error.RetryAfter));
    }

    [Theory]
    [InlineData("another")]
    [InlineData(null)]
    public async Task A_wrong_password_is_told_without_it(string? password)
    {
        using NginxServer server = new();
        _fixture.AddPictures(1);
        FootageUploadOptions options = OptionsFor(server) with { Password = password };

        UploadException error = await Assert.ThrowsAsync<UploadException>(() =>
            UploadFixture.SendAsync(_fixture.NewUpload(options))
        );

        Assert.Contains("401", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_whose_certificate_is_no_good()
    {
        using TestCertificates certificates = new("gate-07");
        _fixture.AddPictures(2);
        foreach (
            (string certificate, string key, string? authority, string? problem) in new[]
            {
                (certificates.Broker, certificates.BrokerKey, null, "PartialChain"),
                (
                    certificates.OtherHost,
                    certificates.OtherHostKey,
                    certificates.Authority,
                    "RemoteCertificateNameMismatch"
                ),
                (
                    certificates.Expired,
                    certificates.ExpiredKey,
                    certificates.Authority,
                    "NotTimeValid"
                ),
                (certificates.Broker, certificates.BrokerKey, certificates.Authority, null),
            }
        )
        {
            using NginxServer server = new(
                "",
                $"ssl_certificate {certificate}; ssl_certificate_key {key};",
                isEncrypted: true
            );
            PackUpload upload = _fixture.NewUpload(OptionsFor(server) with { CaFile = authority });
            if (problem is null)
            {
                Assert.Equal(2, (await UploadFixture.SendAsync(upload))!.Pictures);
                continue;
            }

            UploadException error = await Assert.ThrowsAsync<UploadException>(() =>
                UploadFixture.SendAsync(upload)
            );
            Assert.True(error.IsRefusal);
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Contains("footage.upload.ca_file", error.Message, StringComparison.Ordinal);
            Assert.Equal(2, _fixture.Store.Names.Count);
        }
    }

    [Fact]
    public async Task A_server_that_stops_in_the_middle_gets_smaller_packs_when_it_is_back()
    {
        using NginxServer server = new();
        string[] pictures = _fixture.AddPictures(20);
        FootageUploadOptions options = OptionsFor(server) with { PackMb = 4, KbPerS = 2000 };
        PackUpload upload = _fixture.NewUpload(options);
        Task<SentPack?> sending = UploadFixture.SendAsync(upload);
        await Task.Delay(700, TestContext.Current.CancellationToken);
        server.Stop();

        Assert.False((await Assert.ThrowsAsync<UploadException>(() => sending)).IsRefusal);
        Assert.Contains(
            "refused",
            (
                await Assert.ThrowsAsync<UploadException>(() => UploadFixture.SendAsync(upload))
            ).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(pictures, _fixture.Store.Names);
        server.Start();
        IReadOnlyList<SentPack> sent = await UploadFixture.SendAllAsync(upload);

        Assert.Equal([10, 10], sent.Select(pack => pack.Pictures));
        Assert.Equal(pictures.Order(), UploadFixture.PicturesIn(server.Folder).Order());
    }

    [Fact]
    public async Task Without_a_server_a_pack_does_not_get_smaller()
    {
        using NginxServer server = new();
        _fixture.AddPictures(5);
        PackUpload upload = _fixture.NewUpload(OptionsFor(server));
        server.Stop();
        for (int tries = 0; tries < 3; tries++)
        {
            await Assert.ThrowsAsync<UploadException>(() => UploadFixture.SendAsync(upload));
        }

        server.Start();

        Assert.Equal(5, (await UploadFixture.SendAsync(upload))!.Pictures);
    }

    [Fact]
    public async Task A_server_whose_disk_is_full_gets_the_rest_when_it_has_room()
    {
        using SmallDisk disk = new(3);
        Assert.SkipUnless(disk.IsMounted, SmallDisk.Needs);
        using NginxServer server = new(disk: disk.Path);
        string[] pictures = _fixture.AddPictures(20);
        PackUpload upload = _fixture.NewUpload(OptionsFor(server));
        UploadException error = await Assert.ThrowsAsync<UploadException>(() =>
            UploadFixture.SendAllAsync(upload)
        );
        Assert.False(error.IsRefusal);
        Assert.Equal(
            pictures.Order(),
            _fixture.Store.Names.Concat(UploadFixture.PicturesIn(server.Folder)).Order()
        );
        disk.Grow(20);

        await UploadFixture.SendAllAsync(upload);

        Assert.Equal(pictures.Order(), UploadFixture.PicturesIn(server.Folder).Order());
        Assert.Empty(_fixture.Store.Names);
    }

    [Fact]
    public async Task A_server_that_hangs_is_given_up()
    {
        using NginxServer server = new();
        _fixture.AddPictures(4);
        server.Freeze(true);

        UploadException error = await Assert.ThrowsAsync<UploadException>(() =>
            UploadFixture.SendAsync(_fixture.NewUpload(OptionsFor(server), silentForS: 0.5))
        );

        Assert.Contains("said nothing for 0.5 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, _fixture.Store.Names.Count);
        server.Freeze(false);
    }

    [Fact]
    public async Task What_came_whole_before_the_agent_was_killed_is_not_sent_again()
    {
        using NginxServer server = new();
        _fixture.AddPictures(3);
        using (IPackTarget target = UploadTargets.Open(OptionsFor(server)))
        {
            Assert.Null(
                await Record.ExceptionAsync(async () =>
                {
                    PackUpload first = _fixture.NewUpload(
                        OptionsFor(server),
                        open: () => new ForgetfulTarget(UploadTargets.Open(OptionsFor(server)))
                    );
                    await Assert.ThrowsAsync<UploadException>(() => UploadFixture.SendAsync(first));
                })
            );
        }

        SentPack? sent = await UploadFixture.SendAsync(_fixture.NewUpload(OptionsFor(server)));

        Assert.Equal(3, sent!.Pictures);
        Assert.Single(server.Requests, line => line.Contains("\"PUT ", StringComparison.Ordinal));
        Assert.Empty(_fixture.Store.Names);
    }

    [Fact]
    public async Task Interrupted_at_any_moment_nothing_is_lost_and_nothing_comes_twice()
    {
        using NginxServer server = new();
        string[] pictures = _fixture.AddPictures(60, 100_000);
        Random random = new(3);
        FootageUploadOptions options = OptionsFor(server) with { KbPerS = 8000 };
        int interrupted = 0;
        for (int round = 0; round < 40; round++)
        {
            using CancellationTokenSource kill = new(random.Next(1, 120));
            try
            {
                await _fixture.NewUpload(options).SendAsync(_ => { }, kill.Token);
            }
            catch (OperationCanceledException)
            {
                interrupted++;
            }

            HashSet<string> known =
            [
                .. _fixture.Store.Names,
                .. UploadFixture.PicturesIn(server.Folder),
            ];
            Assert.Equal(pictures.Length, known.Count);
        }

        Assert.InRange(interrupted, 10, 40);
        await UploadFixture.SendAllAsync(_fixture.NewUpload(options));
        Assert.Equal(pictures.Order(), UploadFixture.PicturesIn(server.Folder).Order());
        Assert.Empty(_fixture.Store.Names);
    }

    [Fact]
    public async Task Of_pictures_that_are_purged_while_they_are_sent_the_others_go()
    {
        using NginxServer server = new();
        _fixture.AddPictures(10, 100_000);
        FootageUploadOptions options = OptionsFor(server) with { KbPerS = 800 };
        Task<IReadOnlyList<SentPack>> sending = UploadFixture.SendAllAsync(
            _fixture.NewUpload(options)
        );
        await Task.Delay(400, TestContext.Current.CancellationToken);
        foreach (FootageDay day in new FootageSelection("yard").DaysIn(_fixture.Store.Root))
        {
            day.Remove();
        }

        Assert.Equal(5, (await sending).Sum(pack => pack.Pictures));
        Assert.All(
            UploadFixture.PicturesIn(server.Folder),
            name => Assert.StartsWith("gate/", name, StringComparison.Ordinal)
        );
        Assert.Empty(_fixture.Store.Names);
    }

    [Fact]
    public async Task It_is_no_faster_than_it_may_be()
    {
        using NginxServer server = new();
        _fixture.AddPictures(4, 100_000);
        long began = Stopwatch.GetTimestamp();

        SentPack? sent = await UploadFixture.SendAsync(
            _fixture.NewUpload(OptionsFor(server) with { KbPerS = 250 })
        );

        Assert.InRange(
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            (sent!.Bytes / 250_000.0) - 0.1,
            60
        );
    }

    private static FootageUploadOptions OptionsFor(NginxServer server) =>
        new()
        {
            Url = server.Url,
            Username = NginxServer.User,
            Password = NginxServer.Password,
            PackMb = 1,
        };

    // As if the process had ended between the last byte and the answer.
    private sealed class ForgetfulTarget(IPackTarget inner) : IPackTarget
    {
        private bool _hasPut;

        public long BytesSent => inner.BytesSent;

        public Task<bool> HasAsync(PackPlan plan, CancellationToken ct) =>
            _hasPut
                ? throw new UploadException("killed", isRefusal: false)
                : inner.HasAsync(plan, ct);

        public Task PutAsync(PackPlan plan, Stream pack, CancellationToken ct)
        {
            _hasPut = true;
            return inner.PutAsync(plan, pack, ct);
        }

        public void Dispose() => inner.Dispose();
    }
}
