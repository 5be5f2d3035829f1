using Amazon.S3.Model;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage.Upload;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>Footage that is sent to a bucket of OpenStack Swift, which checks signatures and hashes.</summary>
public sealed class S3UploadTests : IAsyncLifetime
{
    private readonly UploadFixture _fixture = new();
    private SwiftServer? _server;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SwiftServer.IsThere, SwiftServer.Needs);
        _server = new SwiftServer();
        await _server.Client.PutBucketAsync(
            SwiftServer.Bucket,
            TestContext.Current.CancellationToken
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _fixture.Dispose();
    }

    [Fact]
    public async Task All_goes_into_the_bucket_below_the_prefix_and_is_then_forgotten()
    {
        string[] pictures = _fixture.AddPictures(8);

        IReadOnlyList<SentPack> sent = await UploadFixture.SendAllAsync(
            _fixture.NewUpload(_server!.Options with { PackMb = 1 })
        );

        Assert.Equal([5, 3], sent.Select(pack => pack.Pictures));
        ListObjectsResponse listed = await _server.Client.ListObjectsAsync(
            SwiftServer.Bucket,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(
            sent.Select(pack => ($"site-1/{pack.Name}", (long?)pack.Bytes)).Order(),
            listed.S3Objects.Select(found => (found.Key, found.Size)).Order()
        );
        List<string> there = [];
        foreach (S3Object found in listed.S3Objects)
        {
            using GetObjectResponse pack = await _server.Client.GetObjectAsync(
                SwiftServer.Bucket,
                found.Key,
                TestContext.Current.CancellationToken
            );
            there.AddRange(UploadFixture.PicturesIn(pack.ResponseStream));
        }

        Assert.Equal(pictures.Order(), there.Order());
        Assert.Empty(_fixture.Store.Names);
    }

    [Theory]
    [InlineData("s3://footage", "wrong-S3cret", "403 (Forbidden): see footage.upload.username")]
    [InlineData(
        "s3://nowhere/x",
        SwiftServer.Secret,
        "404 (NoSuchBucket): the place of footage.upload.url is not there"
    )]
    public async Task A_refusal_costs_no_picture_and_no_megabyte(
        string url,
        string secret,
        string problem
    )
    {
        string[] pictures = _fixture.AddPictures(3);
        FootageUploadOptions options = _server!.Options with { Url = url, Password = secret };
        IPackTarget? target = null;
        PackUpload upload = _fixture.NewUpload(
            options,
            open: () => target = UploadTargets.Open(options)
        );

        for (int tries = 0; tries < 2; tries++)
        {
            UploadException error = await Assert.ThrowsAsync<UploadException>(() =>
                UploadFixture.SendAsync(upload)
            );

            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.True(error.IsRefusal);
            Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
            Assert.Equal(0, target!.BytesSent);
        }

        Assert.Equal(pictures, _fixture.Store.Names);
    }

    [Fact]
    public async Task Bytes_that_change_on_the_way_are_refused()
    {
        string[] pictures = _fixture.AddPictures(3);
        PackUpload upload = _fixture.NewUpload(
            _server!.Options,
            open: () => new DamagingTarget(UploadTargets.Open(_server.Options))
        );

        await Assert.ThrowsAsync<UploadException>(() => UploadFixture.SendAsync(upload));

        Assert.Equal(pictures, _fixture.Store.Names);
        Assert.Equal(
            3,
            (await UploadFixture.SendAsync(_fixture.NewUpload(_server.Options)))!.Pictures
        );
    }

    [Fact]
    public async Task Interrupted_at_any_moment_nothing_is_lost()
    {
        string[] pictures = _fixture.AddPictures(12, 100_000);
        Random random = new(4);
        FootageUploadOptions options = _server!.Options with { PackMb = 1, KbPerS = 20000 };
        for (int round = 0; round < 10; round++)
        {
            using CancellationTokenSource kill = new(random.Next(1, 150));
            try
            {
                await _fixture.NewUpload(options).SendAsync(_ => { }, kill.Token);
            }
            catch (OperationCanceledException) { }
        }

        await UploadFixture.SendAllAsync(_fixture.NewUpload(options));

        HashSet<string> there = [];
        foreach (
            S3Object found in (
                await _server.Client.ListObjectsAsync(
                    SwiftServer.Bucket,
                    TestContext.Current.CancellationToken
                )
            ).S3Objects
        )
        {
            using GetObjectResponse pack = await _server.Client.GetObjectAsync(
                SwiftServer.Bucket,
                found.Key,
                TestContext.Current.CancellationToken
            );
            there.UnionWith(UploadFixture.PicturesIn(pack.ResponseStream));
        }

        Assert.Equal(pictures.Order(), there.Order());
        Assert.Empty(_fixture.Store.Names);
    }
}
