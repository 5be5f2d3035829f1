using System.Globalization;
using System.Text;
using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

/// <summary>The picture in <c>docs/profiles.md</c> is what the control law does on a simulated device.</summary>
public sealed class AdaptivePictureTests
{
    private const string Redraw =
        "ASFF_DRAW=1 tests/AsffEdge.Agent.Tests/bin/Release/net10.0/AsffEdge.Agent.Tests --filter-class '*AdaptivePictureTests'";

    private const int Minutes = 80;
    private const double Left = 96;
    private const double Right = 880;
    private const double Top = 56;
    private const double Bottom = 236;

    private static readonly (int From, int To, string Text)[] Bands =
    [
        (10, 18, "another program\ntakes the cores"),
        (26, 40, "three cameras\ninstead of one"),
        (50, 65, "22:00-22:15:\nat most fast"),
    ];

    [Fact]
    public void The_picture_is_what_the_law_does()
    {
        string file = Path.Combine(Repository.Root, "docs", "images", "auto.svg");
        string drawn = Draw(Simulate());
        if (Environment.GetEnvironmentVariable("ASFF_DRAW") == "1")
        {
            File.WriteAllText(file, drawn);
        }

        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == drawn,
            $"docs/images/auto.svg shows something else; to draw it anew: {Redraw}"
        );
    }

    private static List<int> Simulate()
    {
        SimulatedDevice device = new(
            1,
            new AutoOptions
            {
                MaxLatencyMs = 400,
                Schedule = new Dictionary<string, string> { ["22:00-22:15"] = "fast" },
            }
        )
        {
            FrameMs = 9,
            Noise = 0.05,
            Arriving = [25, 0, 0],
            StartsAtUtc = new DateTime(2026, 6, 1, 21, 10, 0, DateTimeKind.Utc),
        };
        List<int> sizes = [];
        device.Run(
            TimeSpan.FromMinutes(Minutes),
            () =>
            {
                sizes.Add(device.Profile!.Size);
                double minute = device.Now.TotalMinutes;
                device.Slowdown = IsIn(Bands[0], minute) ? 4 : 1;
                double others = IsIn(Bands[1], minute) ? 25 : 0;
                device.Arriving = [25, others, others];
            }
        );
        return sizes;
    }

    private static bool IsIn((int From, int To, string Text) band, double minute) =>
        minute >= band.From && minute < band.To;

    private static string Draw(List<int> sizes)
    {
        StringBuilder svg = new();
        Add(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"290\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#444\">"
        );
        Add($"<rect width=\"900\" height=\"290\" fill=\"white\"/>");
        foreach ((int from, int to, string text) in Bands)
        {
            Add(
                $"<rect x=\"{X(from * 60)}\" y=\"{Top}\" width=\"{X(to * 60) - X(from * 60)}\" height=\"{Bottom - Top}\" fill=\"#f3e3cf\"/>"
            );
            string[] lines = text.Split('\n');
            for (int line = 0; line < lines.Length; line++)
            {
                Add(
                    $"<text x=\"{X((from + to) * 30)}\" y=\"{Top - 26 + (16 * line)}\" text-anchor=\"middle\">{lines[line]}</text>"
                );
            }
        }

        foreach ((string name, ProfileOptions profile) in ProfileOptions.Defaults)
        {
            Add($"<path d=\"M{Left} {Y(profile.Size)}H{Right}\" stroke=\"#ddd\"/>");
            Add(
                $"<text x=\"{Left - 8}\" y=\"{Y(profile.Size) + 4}\" text-anchor=\"end\">{name} {profile.Size}</text>"
            );
        }

        for (int minute = 0; minute <= Minutes; minute += 10)
        {
            Add(
                $"<text x=\"{X(minute * 60)}\" y=\"{Bottom + 22}\" text-anchor=\"middle\">{minute}</text>"
            );
        }

        Add(
            $"<text x=\"{(Left + Right) / 2}\" y=\"{Bottom + 42}\" text-anchor=\"middle\">minutes</text>"
        );
        StringBuilder steps = new();
        steps.Append(CultureInfo.InvariantCulture, $"M{Left} {Y(sizes[0])}");
        for (int second = 1; second < sizes.Count; second++)
        {
            if (sizes[second] != sizes[second - 1])
            {
                steps.Append(CultureInfo.InvariantCulture, $"H{X(second)}V{Y(sizes[second])}");
            }
        }

        Add($"<path d=\"{steps}H{Right}\" fill=\"none\" stroke=\"#1f6fb2\" stroke-width=\"2.5\"/>");
        Add($"</svg>");
        return svg.ToString();

        void Add(FormattableString element) =>
            svg.Append(FormattableString.Invariant(element)).Append('\n');
    }

    private static double X(double second) =>
        Math.Round(Left + ((Right - Left) * second / (Minutes * 60)), 1);

    private static double Y(int size) =>
        Math.Round(Bottom - 12 - ((Bottom - Top - 24) * (size - 320) / 480), 1);
}
