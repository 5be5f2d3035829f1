using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Models;

internal static partial class ModelLog
{
    [LoggerMessage(LogLevel.Error, "{Problem}. The last good model, {Model}, is used")]
    public static partial void LastGood(ILogger logger, string problem, string model);

    [LoggerMessage(
        LogLevel.Warning,
        "No copy of the model {Model} is kept, so there will be none to go on with if its file is damaged: {Reason}"
    )]
    public static partial void NotKept(ILogger logger, string model, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "The model {Model} has no golden picture: whether it computes here what it did where it was made cannot be checked"
    )]
    public static partial void NoGolden(ILogger logger, string model);

    [LoggerMessage(
        LogLevel.Warning,
        "What became of changes of the model cannot be kept over a restart: {Reason}"
    )]
    public static partial void HistoryNotKept(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    public static partial void ProviderSkipped(ILogger logger, string problem);

    [LoggerMessage(LogLevel.Information, "The model {Before} is replaced by {Next} on {Provider}")]
    public static partial void Replaced(
        ILogger logger,
        string before,
        string next,
        string provider
    );

    [LoggerMessage(LogLevel.Information, "The model {Model} has settled")]
    public static partial void Settled(ILogger logger, string model);

    [LoggerMessage(LogLevel.Error, "The model {Model} does not work: {Reason}")]
    public static partial void Failed(ILogger logger, string model, string reason);

    [LoggerMessage(LogLevel.Warning, "The model before, {Model}, is in use again")]
    public static partial void RolledBack(ILogger logger, string model);

    [LoggerMessage(LogLevel.Error, "The execution provider {Provider} fails: {Reason}")]
    public static partial void ProviderFailed(ILogger logger, string provider, string reason);

    [LoggerMessage(LogLevel.Error, "There is no way on from the failing inference")]
    public static partial void NotRecovered(ILogger logger, Exception error);

    [LoggerMessage(
        LogLevel.Critical,
        "{Detail}; ONNX Runtime is told to end it, which it does between two nodes of the graph"
    )]
    public static partial void Overdue(ILogger logger, string detail);
}
