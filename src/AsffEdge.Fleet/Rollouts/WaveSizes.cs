using System.Globalization;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>How a roll-out grows: steps, each a share of the agents or a number of them, counted from the beginning. The rest follows in a last wave.</summary>
internal sealed class WaveSizes
{
    /// <summary>What steps may look like, for messages to people.</summary>
    public const string Allowed =
        "shares or numbers of agents, counted from the beginning and rising, for example 5%,25%,100% or 1,10,100%";

    /// <summary>Everybody in one wave.</summary>
    public static readonly WaveSizes AllAtOnce = new([]);

    private readonly IReadOnlyList<Step> _steps;

    private WaveSizes(IReadOnlyList<Step> steps) => _steps = steps;

    /// <summary>Reads <c>5%,25%,100%</c> or <c>1,10,100%</c>; null when it is neither.</summary>
    public static WaveSizes? Parse(string text)
    {
        List<Step> steps = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Step.Parse(part) is not { } step)
            {
                return null;
            }

            // Shares and numbers cannot be compared before it is known how many agents there are.
            if (
                steps.Any(earlier => earlier.IsShare == step.IsShare && earlier.Value >= step.Value)
            )
            {
                return null;
            }

            steps.Add(step);
        }

        return new WaveSizes(steps);
    }

    /// <summary>The sizes of the waves: each at least 1, together <paramref name="agents"/>. Shares are rounded up; a step that adds nobody is left out.</summary>
    public IReadOnlyList<int> Of(int agents)
    {
        List<int> sizes = [];
        int reached = 0;
        foreach (Step step in _steps.Append(Step.Everybody))
        {
            int upTo = step.Of(agents);
            if (upTo > reached)
            {
                sizes.Add(upTo - reached);
                reached = upTo;
            }
        }

        return sizes;
    }

    private readonly record struct Step(decimal Value, bool IsShare)
    {
        public static readonly Step Everybody = new(100, true);

        public static Step? Parse(string text)
        {
            bool isShare = text.EndsWith('%');
            bool isNumber = decimal.TryParse(
                isShare ? text[..^1] : text,
                isShare ? NumberStyles.AllowDecimalPoint : NumberStyles.None,
                CultureInfo.InvariantCulture,
                out decimal value
            );
            decimal most = isShare ? 100 : int.MaxValue;
            return isNumber && value > 0 && value <= most ? new Step(value, isShare) : null;
        }

        public int Of(int agents) =>
            (int)(IsShare ? decimal.Ceiling(agents * Value / 100) : decimal.Min(Value, agents));
    }
}
