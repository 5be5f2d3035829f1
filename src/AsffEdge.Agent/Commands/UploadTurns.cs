using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;
using AsffEdge.Agent.Publishing;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Sends footage in some turns of a benchmark, all the while, as an agent with a backlog does: read, hashed, packed, paced, confirmed and removed. The
/// packs are as small as can be configured, so that what each costs beside its bytes is done as often as it ever is.
/// </summary>
internal sealed class UploadTurns : IAsyncDisposable
{
    private const int PackMb = 1;

    private readonly UploadServer _server;
    private readonly FootageBacklog _backlog;
    private readonly PackUpload _upload;
    private CancellationTokenSource _end = new();
    private Task _work = Task.CompletedTask;
    private bool _isSending;
    private long _bytes;

    private UploadTurns(UploadServer server, string state, FootageBudgetOptions budget, int kbPerS)
    {
        const string agent = "benchmark";
        FootageUploadOptions options = new()
        {
            Url = server.Url,
            PackMb = PackMb,
            KbPerS = kbPerS > 0 ? kbPerS : null,
        };
        _server = server;
        _backlog = new FootageBacklog(state, agent, budget);
        _upload = new PackUpload(
            FootageStore.RootOf(state),
            agent,
            AgentInfo.Version,
            (long)PackMb << 20,
            () => UploadTargets.Open(options),
            TimeProvider.System
        );
    }

    /// <summary>Bytes of the packs that were sent and confirmed in turns that are measured.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Starts the server and writes what is to be sent.</summary>
    /// <param name="state">An empty folder for it.</param>
    /// <param name="budget">How much may be kept.</param>
    /// <param name="kbPerS">Kilobytes (1000 bytes) sent a second at most; 0: as fast as it goes.</param>
    /// <param name="ct">Ends it early.</param>
    public static async Task<UploadTurns> StartAsync(
        string state,
        FootageBudgetOptions budget,
        int kbPerS,
        CancellationToken ct
    ) => new(await UploadServer.StartAsync(ct).ConfigureAwait(false), state, budget, kbPerS);

    /// <summary>Says what the turn is about. Inference thread only; does nothing but at its first frame.</summary>
    /// <param name="isSending">Whether it is about sending.</param>
    /// <param name="isMeasured">Whether it counts.</param>
    public void Enter(bool isSending, bool isMeasured)
    {
        if (isSending == _isSending)
        {
            return;
        }

        _isSending = isSending;
        if (isSending)
        {
            CancellationToken end = (_end = new CancellationTokenSource()).Token;
            Task before = _work;
            _work = Task.Run(() => SendAsync(before, isMeasured, end), CancellationToken.None);
        }
        else
        {
            _ = _end.CancelAsync();
        }
    }

    /// <summary>Ends it, after the last frame.</summary>
    /// <exception cref="UploadException">What was to be sent could not be.</exception>
    public async Task StopAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private async Task SendAsync(Task before, bool isMeasured, CancellationToken end)
    {
        await before.ConfigureAwait(false);
        try
        {
            while (true)
            {
                SentPack? sent = await _upload.SendAsync(_ => { }, end).ConfigureAwait(false);
                if (sent is null)
                {
                    _backlog.Refill();
                }
                else if (isMeasured)
                {
                    Interlocked.Add(ref _bytes, sent.Bytes);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
    }
}
