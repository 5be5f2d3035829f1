using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    private const double LongestWaitS = 3600;

    /// <summary>The id of an agent, as the first word.</summary>
    public static Argument<string> Agent()
    {
        Argument<string> argument = new("AGENT")
        {
            Description = "The agent's id",
            HelpName = "AGENT",
        };
        argument.Validators.Add(result => RequireId(result, argument.Name));
        argument.CompletionSources.Add(_ => KnownNames.Load().Agents);
        return argument;
    }

    /// <summary>Reports every word of <paramref name="result"/> that cannot be an id: it would become part of a topic.</summary>
    public static void RequireId(SymbolResult result, string name)
    {
        foreach (Token token in result.Tokens.Where(token => !Identifier.IsValid(token.Value)))
        {
            result.AddError($"{name} is '{token.Value}'; allowed: {Identifier.Allowed}");
        }
    }

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

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, or none.</summary>
    public static Option<double?> Number(
        string name,
        string value,
        double least,
        double most,
        string description
    ) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            CustomParser = result =>
            {
                bool isNumber = double.TryParse(
                    result.Tokens[0].Value,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double number
                );
                if (!isNumber || !(number >= least && number <= most))
                {
                    result.AddError(
                        FormattableString.Invariant(
                            $"{name} is '{result.Tokens[0].Value}'; allowed: a number from {least} to {most}"
                        )
                    );
                }

                return number;
            },
        };
}
