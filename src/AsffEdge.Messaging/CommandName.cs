namespace AsffEdge.Messaging;

/// <summary>The names of the commands, the last level of <see cref="Topics.Command"/>.</summary>
public static class CommandName
{
    /// <summary>See <see cref="PingCommand"/>.</summary>
    public const string Ping = "ping";

    /// <summary>See <see cref="ProfileSetCommand"/>.</summary>
    public const string ProfileSet = "profile.set";

    /// <summary>See <see cref="CameraRestartCommand"/>.</summary>
    public const string CameraRestart = "camera.restart";

    /// <summary>See <see cref="SnapshotCommand"/>.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>See <see cref="ModelReloadCommand"/>.</summary>
    public const string ModelReload = "model.reload";

    /// <summary>See <see cref="FootageCollectCommand"/>.</summary>
    public const string FootageCollect = "footage.collect";

    /// <summary>See <see cref="FootageListCommand"/>.</summary>
    public const string FootageList = "footage.list";

    /// <summary>See <see cref="FootagePurgeCommand"/>.</summary>
    public const string FootagePurge = "footage.purge";

    /// <summary>See <see cref="ModelStageCommand"/>.</summary>
    public const string ModelStage = "model.stage";

    /// <summary>See <see cref="ModelActivateCommand"/>.</summary>
    public const string ModelActivate = "model.activate";

    /// <summary>See <see cref="ModelRollbackCommand"/>.</summary>
    public const string ModelRollback = "model.rollback";
}
