using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Footage;

/// <summary>
/// Work on footage that commands ask for: one at a time, and shared by those that ask for what is being done already. For the handlers' <see cref="ICommandHandler.BeginAsync"/>;
/// not thread-safe.
/// </summary>
/// <param name="work">The work.</param>
internal sealed class FootageWork(Func<FootageSelection, IReadOnlyList<FootageDayAnswer>> work)
{
    private const int MostDays = 200;

    private FootageSelection? _selection;
    private Task<FootageAnswer> _latest = Task.FromResult(
        new FootageAnswer(0, 0, [], DaysLeftOut: null)
    );

    /// <summary>Does it, and puts the answer into the exchange.</summary>
    /// <param name="camera">The camera; null: all.</param>
    /// <param name="day">The day; null: all.</param>
    /// <param name="exchange">The command's.</param>
    /// <param name="describe">A sentence about the answer.</param>
    /// <exception cref="DocumentRejectedException">There is no such day, or, from the task, it has failed.</exception>
    public Task<string?> BeginAsync(
        string? camera,
        string? day,
        CommandExchange exchange,
        Func<FootageAnswer, string> describe
    )
    {
        DateOnly? date = day is null
            ? null
            : FootageDay.DateOf(day)
                ?? throw new DocumentRejectedException(
                    ResultCode.BadDocument,
                    $"'day' is '{day}', and there is no such day"
                );
        FootageSelection selection = new(camera, date, date);
        if (_latest.IsCompleted || _selection != selection)
        {
            _selection = selection;
            _latest = RunAsync(_latest, selection);
        }

        return AnswerAsync(_latest, exchange, describe);
    }

    private async Task<FootageAnswer> RunAsync(Task before, FootageSelection selection)
    {
        await Task.WhenAny(before).ConfigureAwait(false);
        return await Task.Run(() => Summarize(work(selection))).ConfigureAwait(false);
    }

    private static async Task<string?> AnswerAsync(
        Task<FootageAnswer> answer,
        CommandExchange exchange,
        Func<FootageAnswer, string> describe
    )
    {
        try
        {
            exchange.Footage = await answer.ConfigureAwait(false);
            return describe(exchange.Footage);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DocumentRejectedException(ResultCode.Failed, error.Message);
        }
    }

    private static FootageAnswer Summarize(IReadOnlyList<FootageDayAnswer> days) =>
        new(
            days.Sum(day => day.Pictures),
            days.Sum(day => day.Bytes),
            [
                .. days.OrderByDescending(day => day.Day, StringComparer.Ordinal)
                    .Take(MostDays)
                    .OrderBy(day => day.Camera, StringComparer.Ordinal)
                    .ThenBy(day => day.Day, StringComparer.Ordinal),
            ],
            days.Count > MostDays ? days.Count - MostDays : null
        );
}
