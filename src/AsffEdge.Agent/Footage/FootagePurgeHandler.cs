using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Footage;

/// <summary>Carries out <c>footage.purge</c>: removes footage for good, also while it is collected or sent.</summary>
/// <param name="root">The folder of the footage.</param>
/// <param name="writer">What writes; null where none is kept.</param>
internal sealed class FootagePurgeHandler(string root, FootageWriter? writer) : ICommandHandler
{
    private readonly FootageWork _work = new(selection =>
    {
        List<FootageDayAnswer> removed = Purge(root, selection);
        writer?.TidySoon();
        return removed;
    });

    /// <inheritdoc/>
    public string Name => CommandName.FootagePurge;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadFootagePurge(payload);

    /// <inheritdoc/>
    public Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        FootagePurgeCommand purge = (FootagePurgeCommand)command;
        bool isSome = (purge.Camera ?? purge.Day) is not null;
        return isSome == (purge.All ?? false)
            ? throw new DocumentRejectedException(
                ResultCode.BadDocument,
                "'all' must be true where neither 'camera' nor 'day' says which footage, and only there"
            )
            : Task.FromResult(
                _work.BeginAsync(
                    purge.Camera,
                    purge.Day,
                    exchange,
                    removed => $"{FootageListHandler.Describe(removed)} removed"
                )
            );
    }

    private static List<FootageDayAnswer> Purge(string root, FootageSelection selection)
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        using FootageLock own = new(root);
        List<FootageDayAnswer> removed = [];
        foreach (FootageDay day in selection.DaysIn(root))
        {
            (int pictures, long bytes) = day.Remove();
            if (pictures > 0)
            {
                removed.Add(day.ToAnswer(pictures, bytes));
            }
        }

        return removed;
    }
}
