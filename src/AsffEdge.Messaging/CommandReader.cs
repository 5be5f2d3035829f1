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

    /// <summary>Reads the payload of the command <c>profile.set</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static ProfileSetCommand ReadProfileSet(ReadOnlyMemory<byte> utf8) =>
        Read(
            utf8,
            ProfileSetKeys,
            root => new ProfileSetCommand(DesiredDocumentReader.ReadDocument(root))
        );

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
