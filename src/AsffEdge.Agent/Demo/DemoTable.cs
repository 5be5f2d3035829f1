using System.Globalization;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AsffEdge.Agent.Demo;

/// <summary>The board as a live table on a terminal, or as plain lines elsewhere.</summary>
internal sealed class DemoTable
{
    private const int ShownObjects = 4;
    private static readonly string[] Columns =
    [
        "camera",
        "profile",
        "fps",
        "skipped",
        "wait",
        "prep",
        "infer",
        "post",
        "total",
    ];

    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    private readonly DemoBoard _board;
    private readonly IReadOnlyList<CameraStatistics> _statistics;
    private readonly IReadOnlyList<string> _labels;

    /// <summary>A view of a running pipeline.</summary>
    public DemoTable(
        DemoBoard board,
        IReadOnlyList<CameraStatistics> statistics,
        IReadOnlyList<string> labels
    )
    {
        _board = board;
        _statistics = statistics;
        _labels = labels;
    }

    /// <summary>Redraws the table until <paramref name="ended"/> completes.</summary>
    public Task ShowLiveAsync(IAnsiConsole console, Task ended) =>
        console
            .Live(Render())
            .StartAsync(async live =>
            {
                while (!ended.IsCompleted)
                {
                    live.UpdateTarget(Render());
                    await Task.WhenAny(ended, Task.Delay(TableInterval)).ConfigureAwait(false);
                }

                live.UpdateTarget(Render());
            });

    /// <summary>Writes a line a second for every camera until <paramref name="ended"/> completes.</summary>
    public async Task ShowLinesAsync(TextWriter output, Task ended)
    {
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(LineInterval)).ConfigureAwait(false);
            foreach ((int index, DemoBoard.CameraView camera) in _board.Cameras)
            {
                await output.WriteLineAsync(Line(camera, _statistics[index])).ConfigureAwait(false);
            }
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private string Line(DemoBoard.CameraView camera, CameraStatistics figures) =>
        camera.Profile is null
            ? Text($"{camera.Id}: {State(camera.Status)}")
            : Text(
                $"{camera.Id}: {State(camera.Status)}, frame {camera.Frames}, profile {camera.Profile.Name} ({camera.Profile.Size}), {figures.Fps:0.0} frames/s, skipped {figures.Skipped}, "
            )
                + Text(
                    $"ms: wait {figures.Wait.P50:0.0} preprocess {figures.Preprocess.P50:0.0} inference {figures.Inference.P50:0.0} postprocess {figures.Postprocess.P50:0.0} total {figures.Total.P50:0.0}, "
                )
                + $"found {Objects(camera.Objects)}";

    private Rows Render()
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in Columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap().Padding(0, 0, 2, 0));
        }

        List<IRenderable> found = [];
        foreach ((int index, DemoBoard.CameraView camera) in _board.Cameras)
        {
            CameraStatistics figures = _statistics[index];
            table.AddRow(
                Markup.Escape(camera.Id),
                Markup.Escape(
                    camera.Profile is null
                        ? ""
                        : Text($"{camera.Profile.Name} {camera.Profile.Size}")
                ),
                Text($"{figures.Fps:0.0}"),
                Text($"{figures.Skipped}"),
                Text($"{figures.Wait.P50:0.0}"),
                Text($"{figures.Preprocess.P50:0.0}"),
                Text($"{figures.Inference.P50:0.0}"),
                Text($"{figures.Postprocess.P50:0.0}"),
                Text($"{figures.Total.P50:0.0}")
            );
            string now =
                camera.Status.State == CameraState.Online
                    ? Objects(camera.Objects)
                    : State(camera.Status);
            found.Add(new Text($"{camera.Id}: {now}"));
        }

        IEnumerable<IRenderable> messages = _board.Messages.Select(message => new Text(
            message,
            new Style(Color.Yellow)
        ));
        return new Rows([
            table,
            new Text("The last columns: median latency of each stage, in ms."),
            .. found,
            .. messages,
        ]);
    }

    private static string State(CameraStatus status)
    {
        string state = status.State.ToString().ToLower(CultureInfo.InvariantCulture);
        return status.Detail is null ? state : $"{state} ({status.Detail})";
    }

    /// <summary>How many of which class, and the best scores.</summary>
    private string Objects(DetectedObject[] objects)
    {
        if (objects.Length == 0)
        {
            return "nothing";
        }

        string counts = string.Join(
            ", ",
            objects
                .GroupBy(found => found.ClassId)
                .Select(group => Text($"{group.Count()} {Label(group.Key)}"))
        );
        string scores = string.Join(
            ' ',
            objects.Take(ShownObjects).Select(found => Text($"{found.Score:0.00}"))
        );
        return $"{counts} ({scores}{(objects.Length > ShownObjects ? " …" : "")})";
    }

    private string Label(int classId) =>
        (uint)classId < (uint)_labels.Count ? _labels[classId] : Text($"class {classId}");
}
