using System.Globalization;
using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Retraining;

/// <summary>
/// From what a device collected to a better model on it (docs/retraining.md): an agent with a weak model watches the first part of the clip and
/// collects; what it collected is labelled, trained on, and compared on the last part, which no training has seen; the agent takes the new model and
/// detects better. <c>make retrain-demo</c> is this with more training. Corrected labels come from the clip's table where it is at hand,
/// from a teacher otherwise.
/// </summary>
[Trait("Category", "Slow")]
public sealed class RetrainingTests : IDisposable
{
    private const string Camera = "plaza";
    private const string Weak = "0.1.0";
    private const string Better = "0.2.0";

    // Of the clip's frames: what the weak model is trained and validated on, what the agent collects from, and what models are compared on.
    private const int LastOfWeak = 200;
    private const int LastCollected = Videos.FirstUnseen - 1;

    private const int LeastPictures = 40;
    private const int LeastFrames = 150; // of the 200 that the agent sees before, and after
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private readonly RetrainingPlan _plan = RetrainingPlan.Read();
    private readonly Workshop _workshop;

    public RetrainingTests() =>
        _workshop = new Workshop(Directory.CreateDirectory(_plan.Folder ?? _folder.Path).FullName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_agent_collects_makes_a_model_with_which_it_detects_better()
    {
        string table = await LabelsAsync();
        ClipLabels labels = ClipLabels.Read(table);
        string heldOut = await TruthAsync(table, "held-out", Videos.FirstUnseen, Videos.LastFrame);
        string weak = await TrainWeakAsync(table);

        string first = _workshop.PathOf("first.mp4");
        string last = _workshop.PathOf("last.mp4");
        await Videos.EncodePartAsync(first, LastOfWeak + 1, LastCollected);
        await Videos.EncodePartAsync(last, Videos.FirstUnseen, Videos.LastFrame);
        Say($"An agent with it watches frames {LastOfWeak + 1} to {LastCollected}, and collects");
        await using Site site = await Site.StartAsync(
            [(Camera, first)],
            broken: [],
            profile: _plan.Sizes[0] == 320 ? "fast" : "balanced",
            [$"model.path={weak}", .. Collecting]
        );
        await PassAsync(site, 0);
        string pack = await PackAsync(site);

        Say($"It goes on with frames {Videos.FirstUnseen} to {Videos.LastFrame}");
        ClipPass before = await WatchAsync(site, last, labels);
        site.Camera(Camera).Stop();

        string data = await LabelAsync(pack, labels);
        string better = await RetrainAsync(weak, data);
        JsonNode comparison = await CompareAsync(weak, better, heldOut);

        Say("The model is rolled out");
        site.Camera(Camera).Restart(last);
        await FramesOfAsync(site, Weak, site.Subscriber.Count);
        await _workshop.FleetAsync(
            $"model push {better} --agent {Site.AgentId} --shadow 4 --settle 4 --yes --broker 127.0.0.1:{site.Broker.Port}"
        );
        await FramesOfAsync(site, Better, site.Subscriber.Count);
        ClipPass after = await WatchAsync(site, last, labels);

        Report(before, after, comparison, labels);
        Assert.True(
            after.Agreement.F1 > before.Agreement.F1,
            $"before {before.Agreement}, after {after.Agreement}"
        );
    }

    private static IEnumerable<string> Collecting =>
        [
            "footage.enabled=true",
            "footage.min_gap_s=0.2",
            "footage.policies.interval.share=0.3",
            "footage.policies.interval.every_s=0.5",
            "footage.policies.uncertain.share=0.3",
            "footage.policies.flicker.share=0.2",
            "footage.policies.new_track.share=0.2",
            "footage.budget.mb_per_day=20000",
            "footage.budget.max_mb=20000",
        ];

    private static void Say(string line) => Workshop.Say($"\n== {line}");

    private async Task<string> LabelsAsync()
    {
        if (TestPaths.ClipLabels is { } table)
        {
            Say("Labels: the clip's table");
            return table;
        }

        Say("Labels: what the demo model finds, as the clip's table is not at hand");
        string path = _workshop.PathOf("teacher.txt");
        TeacherTable.Write(
            path,
            await _workshop.AgentAsync(
                $"detect {TestPaths.Clip} --model {TestPaths.Model} --size 512"
            )
        );
        return path;
    }

    private async Task<string> TruthAsync(string table, string name, int first, int last)
    {
        string path = _workshop.PathOf($"{name}.json");
        await _workshop.TrainerAsync(
            $"import-table --detections {table} --min-score 0 --video {TestPaths.Clip} --from {first} --to {last} --out {path}"
        );
        return path;
    }

    private async Task<string> TrainWeakAsync(string table)
    {
        Say($"A weak model, from a few steps on frames 1 to {LastOfWeak}");
        string train = await TruthAsync(table, "weak-train", 1, LastOfWeak - 40);
        string validation = await TruthAsync(table, "weak-validation", LastOfWeak - 39, LastOfWeak);
        string configuration = _workshop.Write(
            "weak.yaml",
            $$"""
            extends: {{Repository.Root}}/config/training/pedestrian.yaml
            model: { version: {{Weak}}, score_threshold: }
            data: { train: {{train}}, validation: {{validation}}, images: {{TestPaths.Clip}} }
            optimizer: { warmup_epochs: 0.5 }
            {{Steps(_plan.WeakEpochs)}}
            """
        );
        return await TrainAsync("weak", $"--config {configuration}");
    }

    private async Task<string> RetrainAsync(string weak, string data)
    {
        Say("It is retrained on that, with a quarter of what it was trained on before");
        string configuration = _workshop.Write(
            "retrain.yaml",
            $$"""
            extends: {{Repository.Root}}/config/training/finetune.yaml
            model: { version: {{Better}} }
            data:
              rehearsal: { train: weak-train.json, images: {{TestPaths.Clip}}, share: 0.25 }
            optimizer: { learning_rate: 1.0e-3, final_learning_rate: 1.0e-5 }
            {{Steps(_plan.Epochs)}}
            """
        );
        string better = await TrainAsync(
            "better",
            $"--config {configuration} --from {weak} --dataset {data}"
        );
        JsonNode lineage = ModelContent.Read(better).Manifest.Training!["lineage"]!;
        Assert.Equal(
            ModelContent.Read(weak).Sha256,
            lineage["parent"]!["sha256"]!.GetValue<string>()
        );
        return better;
    }

    // Small batches: few steps must do. The threshold that a validation recommends is good for the size that it was at, which is the agent's.
    private string Steps(int epochs) =>
        $"""
            epochs: {epochs}
            mixup_off_epochs: {epochs}
            validation_every: {epochs}
            validation_size: {_plan.Sizes[0]}
            batch_size: 4
            sizes: [320, 352]
            ema_decay: 0.99
            """;

    private async Task<string> TrainAsync(string name, FormattableString what)
    {
        string run = _workshop.PathOf(name);
        string model = _workshop.PathOf($"{name}.onnx");
        int threads = Math.Max(1, Environment.ProcessorCount - 1);
        await _workshop.TrainerAsync(
            $"train {Workshop.Split(what)} --out {run} --threads {threads}"
        );
        await _workshop.TrainerAsync($"export {run}/checkpoint.safetensors --out {model}");
        return model;
    }

    private async Task<string> PackAsync(Site site)
    {
        string folder = Directory.CreateDirectory(_workshop.PathOf("packs")).FullName;
        await _workshop.AgentAsync($"footage pack {site.ConfigurationOptions} --out {folder}");
        return Assert.Single(Directory.GetFiles(folder, "*.tar"));
    }

    private async Task<string> LabelAsync(string pack, ClipLabels labels)
    {
        Say("What it collected becomes a data set, and is labelled");
        string collected = _workshop.PathOf("v1");
        string labelled = _workshop.PathOf("v2");
        await _workshop.TrainerAsync(
            $"dataset build {pack} --block 2 --validation-every 4 --gap 0.5 --out {collected}"
        );
        if (TestPaths.ClipLabels is null)
        {
            await _workshop.TrainerAsync(
                $"dataset label {collected} --teacher {TestPaths.Model} --size 512 --out {labelled}"
            );
        }
        else
        {
            string exported = _workshop.PathOf("v1.zip");
            string corrected = _workshop.PathOf("corrected.json");
            await _workshop.TrainerAsync($"dataset export {collected} --out {exported}");
            using ClipFrames frames = ClipFrames.Read(LastOfWeak + 1, LastCollected);
            IReadOnlyList<int> numbers = Corrections.Write(exported, corrected, labels, frames);
            Workshop.Say($"  corrected: {numbers.Count} pictures, by the table");
            await _workshop.TrainerAsync(
                $"dataset import {collected} {corrected} --exported {exported} --out {labelled}"
            );
        }

        await _workshop.TrainerAsync($"dataset stats {labelled}");
        int pictures = Directory
            .GetFiles(Path.Combine(labelled, "images"), "*.jpg", SearchOption.AllDirectories)
            .Length;
        Assert.True(pictures >= LeastPictures, $"{pictures} pictures");
        return labelled;
    }

    // Exit code 0 of the comparison says that the new model is better.
    private async Task<JsonNode> CompareAsync(string weak, string better, string heldOut)
    {
        Say("Is it better, on what neither has seen?");
        string json = _workshop.PathOf("comparison.json");
        await _workshop.TrainerAsync(
            $"compare {weak} {better} --data {heldOut} --images {TestPaths.Clip} --sizes {_plan.Sizes.Select(size => $"{size}")} --together 20 --json {json} --page {_workshop.PathOf("changes.html")}"
        );
        return JsonNode.Parse(await File.ReadAllTextAsync(json))!;
    }

    /// <summary>Shows a video to the agent, from the beginning to the end.</summary>
    private static async Task<ClipPass> WatchAsync(Site site, string video, ClipLabels labels)
    {
        int since = site.Subscriber.Count;
        site.Camera(Camera).Restart(video);
        return new ClipPass(await PassAsync(site, since), labels, Videos.FirstUnseen);
    }

    /// <summary>The frames of the first connection of which all is to be seen after so many messages.</summary>
    private static async Task<IReadOnlyList<JsonNode>> PassAsync(Site site, int since)
    {
        string topic = Site.Detections(Camera);
        int current = site.Subscriber.Messages(topic).Max(message => Stream(message.Json));
        int wanted = since == 0 ? current : current + 1;
        await site.WaitAsync(topic, frame => Stream(frame) > wanted, Patience, since);
        JsonNode[] frames =
        [
            .. site
                .Subscriber.Messages(topic)
                .Select(message => message.Json)
                .Where(frame => Stream(frame) == wanted),
        ];
        Assert.True(frames.Length >= LeastFrames, $"{frames.Length} frames were inferred");
        return frames;
    }

    private static int Stream(JsonNode frame) => frame["stream"]!.GetValue<int>();

    private static Task<Received> FramesOfAsync(Site site, string version, int since) =>
        site.WaitAsync(
            Site.Detections(Camera),
            frame => frame["net"]!["version"]!.GetValue<string>() == version,
            Patience,
            since
        );

    private void Report(ClipPass before, ClipPass after, JsonNode comparison, ClipLabels labels)
    {
        JsonNode overall = comparison["figures"]![0]!;
        string picture = _workshop.PathOf("before-and-after.jpg");
        BeforeAndAfter.Draw(picture, before, after, labels);
        Say($"What the agent published of frames {Videos.FirstUnseen} to {Videos.LastFrame}");
        Workshop.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                           frames  recall  precision     F1
                  before  {before.Numbers.Count(), 7}  {before.Agreement.Recall, 6:0.000}  {before.Agreement.Precision, 9:0.000}  {before.Agreement.F1:0.000}
                  after   {after.Numbers.Count(), 7}  {after.Agreement.Recall, 6:0.000}  {after.Agreement.Precision, 9:0.000}  {after.Agreement.F1:0.000}

                  AP {100 * Number("old"):0.0} to {100 * Number("new"):0.0}, difference {100
                    * Number("difference"):+0.0} (95 %: {100 * Number("low"):+0.0} to {100
                    * Number("high"):+0.0})
                """
            )
        );
        if (_plan.Folder is not null)
        {
            Workshop.Say($"  picture: {picture}\n  page:    {_workshop.PathOf("changes.html")}");
        }

        double Number(string key) => overall[key]!.GetValue<double>();
    }
}
