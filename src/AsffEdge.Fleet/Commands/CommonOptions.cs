using System.CommandLine;
using System.Globalization;

namespace AsffEdge.Fleet.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    private const double LongestWaitS = 3600;

    /// <summary><c>--json</c></summary>
    public static Option<bool> Json(string description) =>
        new("--json") { Description = description };

    /// <summary><c>--wait</c>: how long retained messages may take.</summary>
    public static Option<double> Wait() =>
        Seconds(
            "--wait",
            10,
            "How long to wait at most until the broker has sent what it retains; ends as soon as it has"
        );

    /// <summary>A time in seconds, above 0 and up to an hour.</summary>
    public static Option<double> Seconds(string name, double fallback, string description)
    {
        Option<double> option = new(name)
        {
            Description = description,
            HelpName = "SECONDS",
            DefaultValueFactory = _ => fallback,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                string number = text.EndsWith('s') ? text[..^1] : text;
                bool isNumber = double.TryParse(
                    number,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double seconds
                );
                if (!isNumber || seconds is not (> 0 and <= LongestWaitS))
                {
                    result.AddError(
                        $"{name} is '{text}'; allowed: seconds, above 0 and up to {LongestWaitS}, for example 60 or 60s"
                    );
                }

                return seconds;
            },
        };
        return option;
    }
}
