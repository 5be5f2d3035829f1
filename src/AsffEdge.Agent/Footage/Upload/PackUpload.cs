using AsffEdge.Control.Storage;

namespace AsffEdge.Agent.Footage.Upload;

/// <summary>
/// Sends footage, a pack at a time, and forgets its pictures once the server has confirmed it. What is on its way is remembered by its
/// <c>pack.json</c> alone: the tar is made from the pictures while it is sent, so nothing more is on the disk, and the budget may take any
/// picture at any time. One caller at a time.
/// </summary>
/// <param name="root">The folder of the footage.</param>
/// <param name="agent">The agent's id.</param>
/// <param name="version">The program's version.</param>
/// <param name="mostBytes">Bytes of pictures in a pack at most.</param>
/// <param name="open">Opens the place to send it to.</param>
/// <param name="time">The clock.</param>
internal sealed class PackUpload(
    string root,
    string agent,
    string version,
    long mostBytes,
    Func<IPackTarget> open,
    TimeProvider time
)
{
    /// <summary>What a pack is.</summary>
    public const string MediaType = "application/x-tar";

    private const long LeastBytes = 1 << 20;
    private const int Tries = 3;

    private readonly string _begun = Path.Combine(root, ".upload");
    private readonly long _most = mostBytes;
    private long _bytes = mostBytes;

    // That the pack which was begun has not been sent even in part, and this process has begun it: then it is not too large.
    private bool _isUntouched;

    /// <summary>Sends a pack: the one that was begun, or the newest footage.</summary>
    /// <param name="sending">Called when a pack is about to be sent.</param>
    /// <param name="ct">Ends it early; the next call goes on.</param>
    /// <returns>What was sent; null: there is nothing to send.</returns>
    /// <exception cref="UploadException">It was not sent, or that is not confirmed; all is still on the device.</exception>
    /// <exception cref="IOException">The folder cannot be used, or somebody else packs or purges.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public async Task<SentPack?> SendAsync(Action<PackPlan> sending, CancellationToken ct)
    {
        if (!Directory.Exists(root))
        {
            return null;
        }

        for (int tries = 1; ; tries++)
        {
            try
            {
                return await TrySendAsync(sending, ct).ConfigureAwait(false);
            }
            // The budget, or somebody, has taken pictures of it: then the others go.
            catch (Exception error) when (UploadFailure.IsOfPictures(error))
            {
                Abandon();
                _bytes = Math.Max(LeastBytes, _bytes / 2);
                if (tries == Tries)
                {
                    throw new UploadException(
                        $"pictures were removed or changed while they were sent, {Tries} times: {error.Message}",
                        isRefusal: false,
                        error
                    );
                }
            }
        }
    }

    /// <summary>The name of a pack's file, there. No two packs have the same.</summary>
    public static string FileName(PackPlan plan) => $"{plan.Name}_{plan.Identity[..16]}.tar";

    private async Task<SentPack?> TrySendAsync(Action<PackPlan> sending, CancellationToken ct)
    {
        PackPlan? begun = Begun();
        PackPlan? plan = begun ?? await BeginAsync(ct).ConfigureAwait(false);
        if (plan is null)
        {
            return null;
        }

        sending(plan);
        using IPackTarget target = open();

        // Also before the first try: a server that refuses says so before a whole pack has been sent in vain.
        if (await target.HasAsync(plan, ct).ConfigureAwait(false))
        {
            return Finish(plan);
        }

        if (begun is not null && !_isUntouched)
        {
            // What was interrupted before might be so again for ever. Smaller packs get through.
            _bytes = Math.Max(LeastBytes, plan.Bytes / 2);
        }

        if (begun is not null && !(_isUntouched && plan.IsWhole))
        {
            plan = await BeginAsync(ct).ConfigureAwait(false);
            if (plan is null)
            {
                Abandon();
                return null;
            }

            sending(plan);
        }

        await PutAsync(target, plan, ct).ConfigureAwait(false);
        return await target.HasAsync(plan, ct).ConfigureAwait(false)
            ? Finish(plan)
            : throw new UploadException(
                $"the server took {FileName(plan)} and then did not have it with its {plan.TarBytes} bytes",
                isRefusal: false
            );
    }

    private async Task PutAsync(IPackTarget target, PackPlan plan, CancellationToken ct)
    {
        await using PackStream pack = new(plan, ct: ct);
        try
        {
            await target.PutAsync(plan, pack, ct).ConfigureAwait(false);
        }
        finally
        {
            _isUntouched = target.BytesSent == 0;
        }
    }

    private PackPlan? Begun() =>
        File.Exists(_begun) && PackPlan.Resume(File.ReadAllBytes(_begun), agent, root) is { } plan
            ? plan
            : null;

    private Task<PackPlan?> BeginAsync(CancellationToken ct) => Task.Run(() => Begin(ct), ct);

    private PackPlan? Begin(CancellationToken ct)
    {
        using FootageLock own = new(root);
        PackPlan? plan = PackPlan.Make(
            agent,
            version,
            time.GetUtcNow().UtcDateTime,
            NewestFrames.In(root, _bytes),
            _ => { },
            ct
        );
        if (plan is not null)
        {
            AtomicFile.Write(_begun, plan.Json);
            _isUntouched = true;
        }

        return plan;
    }

    private SentPack Finish(PackPlan plan)
    {
        using (new FootageLock(root))
        {
            plan.Forget(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        }

        Abandon();
        _bytes = Math.Min(_most, _bytes * 2);
        return new SentPack(FileName(plan), plan.Manifest.Files.Count(IsPicture), plan.TarBytes);
    }

    private void Abandon()
    {
        File.Delete(_begun);
        _isUntouched = false;
    }

    private static bool IsPicture(PackedFile file) =>
        !file.Name.EndsWith(CocoFile.Name, StringComparison.Ordinal);
}

/// <summary>A pack that the server has confirmed.</summary>
/// <param name="Name">Its file's name there.</param>
/// <param name="Pictures">Pictures in it.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record SentPack(string Name, int Pictures, long Bytes);
