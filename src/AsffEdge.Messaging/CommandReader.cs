namespace AsffEdge.Messaging;

/// <summary>
/// Reads commands from anybody, as strictly as <see cref="DesiredDocumentReader"/>: at most <see cref="DesiredDocumentReader.MaxBytes"/>,
/// no unknown key; nothing but a <see cref="DocumentRejectedException"/> comes out of bytes that are no good.
/// </summary>
public static class CommandReader
{
    private static readonly string[] CommandKeys =
    [
        "v",
        "issued",
        "by",
        "response_topic",
        "correlation_id",
    ];
    private static readonly string[] CameraKeys = [.. CommandKeys, "camera"];
    private static readonly string[] SnapshotKeys = [.. CameraKeys, "boxes"];
    private static readonly string[] CollectKeys = [.. CameraKeys, "frames", "gap_s"];
    private static readonly string[] FootageListKeys = [.. CameraKeys, "day"];
    private static readonly string[] FootagePurgeKeys = [.. FootageListKeys, "all"];
    private static readonly string[] ModelStageKeys =
    [
        .. CommandKeys,
        "sha256",
        "size",
        "url",
        "chunk_bytes",
        "signature",
    ];
    private static readonly string[] ModelActivateKeys =
    [
        .. CommandKeys,
        "sha256",
        "shadow_s",
        "min_agreement",
        "settle_s",
    ];
    private static readonly string[] ProfileSetKeys =
    [
        .. DesiredDocumentReader.Keys.Union(CommandKeys),
    ];

    /// <summary>Reads the payload of the command <c>ping</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static PingCommand ReadPing(ReadOnlyMemory<byte> utf8) =>
        Read(utf8, CommandKeys, _ => new PingCommand());

    /// <summary>Reads the payload of the command <c>model.reload</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static ModelReloadCommand ReadModelReload(ReadOnlyMemory<byte> utf8) =>
        Read(utf8, CommandKeys, _ => new ModelReloadCommand());

    /// <summary>Reads the payload of the command <c>camera.restart</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static CameraRestartCommand ReadCameraRestart(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            CameraKeys,
            root => new CameraRestartCommand
            {
                Camera = root.Id("camera") ?? throw root.Missing("camera"),
            }
        );

    /// <summary>Reads the payload of the command <c>snapshot</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static SnapshotCommand ReadSnapshot(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            SnapshotKeys,
            root => new SnapshotCommand
            {
                Camera = root.Id("camera") ?? throw root.Missing("camera"),
                Boxes = root.Flag("boxes"),
            }
        );

    /// <summary>Reads the payload of the command <c>footage.collect</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static FootageCollectCommand ReadFootageCollect(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            CollectKeys,
            root => new FootageCollectCommand
            {
                Camera = root.Id("camera") ?? throw root.Missing("camera"),
                Frames = (int?)root.Integer("frames", 1, FootageCollectCommand.MostFrames),
                GapS = root.Number("gap_s", 0, FootageCollectCommand.LongestGapS),
            }
        );

    /// <summary>Reads the payload of the command <c>footage.list</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static FootageListCommand ReadFootageList(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            FootageListKeys,
            root => new FootageListCommand { Camera = root.Id("camera"), Day = root.Day("day") }
        );

    /// <summary>Reads the payload of the command <c>footage.purge</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static FootagePurgeCommand ReadFootagePurge(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            FootagePurgeKeys,
            root => new FootagePurgeCommand
            {
                Camera = root.Id("camera"),
                Day = root.Day("day"),
                All = root.Flag("all"),
            }
        );

    /// <summary>Reads the payload of the command <c>profile.set</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static ProfileSetCommand ReadProfileSet(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            ProfileSetKeys,
            root => new ProfileSetCommand(DesiredDocumentReader.ReadDocument(root))
        );

    /// <summary>Reads the payload of the command <c>model.stage</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static ModelStageCommand ReadModelStage(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            ModelStageKeys,
            root => new ModelStageCommand
            {
                Sha256 = root.Hex("sha256", 64) ?? throw root.Missing("sha256"),
                Size =
                    root.Integer("size", 1, ModelStageCommand.MaxBytes)
                    ?? throw root.Missing("size"),
                Url = root.String("url", ModelStageCommand.LongestUrl),
                ChunkBytes = (int?)
                    root.Integer(
                        "chunk_bytes",
                        ModelStageCommand.LeastChunkBytes,
                        ModelStageCommand.MostChunkBytes
                    ),
                Signature = root.String("signature", ModelStageCommand.LongestSignature),
            }
        );

    /// <summary>Reads the payload of the command <c>model.activate</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static ModelActivateCommand ReadModelActivate(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            ModelActivateKeys,
            root => new ModelActivateCommand
            {
                Sha256 = root.Hex("sha256", 64) ?? throw root.Missing("sha256"),
                ShadowS = root.Number("shadow_s", 0, ModelActivateCommand.MostS),
                MinAgreement = root.Number("min_agreement", 0, 1),
                SettleS = root.Number("settle_s", 0, ModelActivateCommand.MostS),
            }
        );

    /// <summary>Reads the payload of the command <c>model.rollback</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static ModelRollbackCommand ReadModelRollback(ReadOnlyMemory<byte> utf8) =>
        Read(utf8, CommandKeys, _ => new ModelRollbackCommand());

    private static T Read<T>(
        ReadOnlyMemory<byte> utf8,
        IReadOnlyList<string> keys,
        Func<StrictObject, T> read
    )
        where T : CommandDocument =>
        StrictDocument.Read(
            utf8,
            keys,
            root =>
                read(root) with
                {
                    V = (int)(root.Integer("v", 1, 1) ?? throw root.Missing("v")),
                    Issued = root.Time("issued"),
                    By = root.String("by", StrictDocument.LongestText),
                    ResponseTopic = root.String("response_topic", StrictDocument.LongestText),
                    CorrelationId = root.String("correlation_id", StrictDocument.LongestText),
                }
        );
}
