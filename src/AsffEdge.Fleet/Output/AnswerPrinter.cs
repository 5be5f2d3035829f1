using System.Globalization;
using AsffEdge.Fleet.Requests;

namespace AsffEdge.Fleet.Output;

/// <summary>Writes answers as they come, and counts what became of the command.</summary>
internal sealed class AnswerPrinter(TextWriter output, bool asJson)
{
    private readonly Dictionary<string, AnswerLine> _last = new(StringComparer.Ordinal);

    /// <summary>Whether every agent that was to do it has done it.</summary>
    public bool AllDone => _last.Count > 0 && _last.Values.All(answer => answer.IsDone());

    /// <summary>Writes one.</summary>
    public void Write(AnswerLine answer)
    {
        _last[answer.Agent] = answer;
        if (asJson)
        {
            FleetJson.WriteLine(output, answer, FleetJson.Default.AnswerLine);
        }
        else
        {
            output.WriteLine(PlainText.Clean(Text(answer)));
        }
    }

    /// <summary>Writes how many have done what; nothing as JSON, where it can be counted.</summary>
    public void WriteTotals()
    {
        if (!asJson)
        {
            IEnumerable<string> states = _last
                .Values.CountBy(answer => answer.State.Replace('_', ' '))
                .OrderBy(state => state.Key, StringComparer.Ordinal)
                .Select(state => $"{state.Value} {state.Key}");
            output.WriteLine($"{_last.Count} agents: {string.Join(", ", states)}");
        }
    }

    private static string Text(AnswerLine answer)
    {
        IEnumerable<string> parts =
        [
            answer.State.Replace('_', ' '),
            .. answer.Code is null or "ok" ? [] : new[] { answer.Code },
            .. answer.Rev is { } rev
                ? new[] { string.Create(CultureInfo.InvariantCulture, $"rev {rev}") }
                : [],
            .. answer.TookMs is { } took
                ? new[] { string.Create(CultureInfo.InvariantCulture, $"in {took} ms") }
                : [],
        ];
        string detail = answer.Detail is null ? "" : $": {answer.Detail}";
        return $"{answer.Agent} {string.Join(", ", parts)}{detail}";
    }
}
