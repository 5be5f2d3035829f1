using System.Globalization;
using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Footage;

/// <summary>Carries out <c>footage.list</c>: says what there is, whether any is kept at present or not.</summary>
/// <param name="root">The folder of the footage.</param>
internal sealed class FootageListHandler(string root) : ICommandHandler
{
    private readonly FootageWork _work = new(selection =>
        [
            .. selection
                .DaysIn(root)
                .Select(day => (Day: day, Pictures: day.Pictures()))
                .Where(day => day.Pictures.Count > 0)
                .Select(day => day.Day.ToAnswer(day.Pictures.Count, day.Pictures.Values.Sum())),
        ]
    );

    /// <inheritdoc/>
    public string Name => CommandName.FootageList;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadFootageList(payload);

    /// <inheritdoc/>
    public Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        FootageListCommand list = (FootageListCommand)command;
        return Task.FromResult(
            _work.BeginAsync(
                list.Camera,
                list.Day,
                exchange,
                found => $"{Describe(found)} {(found.Pictures == 1 ? "is" : "are")} on the device"
            )
        );
    }

    /// <summary>How much it is, for people.</summary>
    public static string Describe(FootageAnswer footage) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{footage.Pictures} {(footage.Pictures == 1 ? "picture" : "pictures")} ({footage.Bytes / (double)(1 << 20):F1} MiB)"
        );
}
