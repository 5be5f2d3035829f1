using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models.Fetching;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>Fetches a model's file, checks it as one that is put to use is checked, and keeps it.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="store">Where it is kept.</param>
/// <param name="active">The model in use.</param>
/// <param name="exchange">Knows what can be put to use.</param>
/// <param name="http">Fetches over HTTP.</param>
/// <param name="chunks">Fetches from the broker.</param>
/// <param name="report">Tells how far it is.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelStaging(
    AgentConfiguration configuration,
    ModelStore store,
    ActiveModel active,
    ModelExchange exchange,
    HttpFetch http,
    ChunkFetch chunks,
    ModelReport report,
    TimeProvider time
)
{
    /// <summary>Does it.</summary>
    /// <returns>Null, or why nothing had to be done.</returns>
    /// <exception cref="DocumentRejectedException">It could not be fetched or is no good. What is here of a file that may yet be good is kept.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is here of it is kept.</exception>
    public async Task<string?> RunAsync(ModelStageCommand command, CancellationToken ct)
    {
        string sha256 = command.Sha256;
        if (active.Current.Name.Sha256 == sha256)
        {
            string runs = $"{ActiveModel.Describe(active.Current)} is what runs already";
            return command.Signature is { } signature && TryKeep(sha256, signature)
                ? $"{runs}; this signature of it is kept"
                : runs;
        }

        bool isHere = await Task.Run(() => store.Holds(sha256), ct).ConfigureAwait(false);
        string? note = isHere ? "its file was here already" : null;
        if (!isHere)
        {
            report.Enter(
                sha256,
                ModelChangeState.Staging,
                change => change with { Name = null, Version = null, Size = command.Size }
            );
            await FetchAsync(command, ct).ConfigureAwait(false);
        }

        string? fetched = isHere ? null : IncomingPath(sha256);
        ModelManifest manifest = await Task.Run(() => Check(sha256, fetched), ct)
            .ConfigureAwait(false);
        try
        {
            store.Stage(
                new StagedModel(sha256, manifest.Name, manifest.Version)
                {
                    Signature = command.Signature,
                },
                fetched
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                $"the file cannot be kept: {error.Message}"
            );
        }

        report.Enter(
            sha256,
            ModelChangeState.Staged,
            change => change with { Name = manifest.Name, Version = manifest.Version }
        );
        return note;
    }

    // So that what runs goes on when the key that has signed it is revoked, once another one has.
    private bool TryKeep(string sha256, string signature)
    {
        try
        {
            return store.Update(models => models.Signed(sha256, signature)).Current is { } current
                && current.Sha256 == sha256;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                $"the signature cannot be kept: {error.Message}"
            );
        }
    }

    private string IncomingPath(string sha256) => Path.Combine(store.Incoming, $"{sha256}.part");

    private async Task FetchAsync(ModelStageCommand command, CancellationToken ct)
    {
        string path = IncomingPath(command.Sha256);
        try
        {
            KeepOnly(path);
            bool isResumed = File.Exists(path);
            string? found = await FetchAsync(command, path, ct).ConfigureAwait(false);
            if (found != command.Sha256 && isResumed)
            {
                // What was here of it may be what a power cut has left; so once more, from its start.
                File.Delete(path);
                found = await FetchAsync(command, path, ct).ConfigureAwait(false);
            }

            if (found != command.Sha256)
            {
                File.Delete(path);
                throw new DocumentRejectedException(
                    ResultCode.BadModel,
                    $"the file that was fetched has the SHA-256 {found}; expected {command.Sha256}: it is another one, or damaged"
                );
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                $"the file cannot be kept: {error.Message}"
            );
        }
    }

    private async Task<string> FetchAsync(
        ModelStageCommand command,
        string path,
        CancellationToken ct
    )
    {
        using IncomingFile file = new(
            path,
            command.Size,
            configuration.Mqtt.Outbox.MinFreeMb,
            received =>
                report.Progress(command.Sha256, change => change with { Received = received }),
            time
        );
        file.RequireRoom();
        if (command.Url is null)
        {
            await chunks
                .RunAsync(
                    command.Sha256,
                    command.ChunkBytes ?? ModelStageCommand.DefaultChunkBytes,
                    file,
                    ct
                )
                .ConfigureAwait(false);
        }
        else
        {
            await http.RunAsync(new Uri(command.Url), file, ct).ConfigureAwait(false);
        }

        return await Task.Run(file.Complete, ct).ConfigureAwait(false);
    }

    // There is room for one; what is here of others is of an order that another has followed.
    private void KeepOnly(string path)
    {
        if (Directory.Exists(store.Incoming))
        {
            foreach (
                string other in Directory
                    .EnumerateFiles(store.Incoming)
                    .Where(other => other != path)
            )
            {
                File.Delete(other);
            }
        }
    }

    private ModelManifest Check(string sha256, string? fetched)
    {
        string path = fetched ?? store.PathOf(sha256);
        try
        {
            using LoadedModel model = ModelLoader.Open(path, sha256, exchange.Options, out _);
            ModelManifest manifest = model.Detector.Manifest;
            exchange.RequireSuitable(manifest);
            RequireNewName(manifest, sha256);
            return manifest;
        }
        catch (ModelException error)
        {
            if (fetched is not null)
            {
                File.Delete(fetched);
            }

            throw new DocumentRejectedException(
                ResultCode.BadModel,
                error
                    .Message.Replace(path, sha256, StringComparison.Ordinal)
                    .Replace(configuration.Model.Path, sha256, StringComparison.Ordinal)
            );
        }
    }

    // Messages tell models apart by name and version; people do too.
    private void RequireNewName(ModelManifest manifest, string sha256)
    {
        StoredModels models = store.Models;
        FrameModel now = active.Current.Name;
        (string Name, string Version, string Sha256)[] known =
        [
            (now.Name, now.Version, now.Sha256),
            .. ((StoredModel?[])[models.Current, models.Previous])
                .OfType<StoredModel>()
                .Select(model => (model.Name, model.Version, model.Sha256)),
        ];
        foreach ((string name, string version, string other) in known)
        {
            if (name == manifest.Name && version == manifest.Version && other != sha256)
            {
                throw new ModelException(
                    ModelFault.Unsuitable,
                    $"the model is {name} {version}, and so is another one here with the SHA-256 {other}; expected another version in its manifest, so that messages tell the two apart"
                );
            }
        }
    }
}
