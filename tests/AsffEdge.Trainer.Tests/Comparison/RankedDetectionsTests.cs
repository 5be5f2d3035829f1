using AsffEdge.Trainer.Comparison;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Tests.Comparison;

public sealed class RankedDetectionsTests
{
    [Fact]
    public void Every_picture_once_is_the_evaluators_figure() =>
        Laws.Hold(
            40,
            random =>
            {
                int classes = random.Next(1, 4);
                AnnotationSet scene = SimulatedModel.Scene(random, random.Next(1, 25), classes);
                List<ScoredBox> found = SimulatedModel.Detect(random, scene, 0.7);
                CocoResult expected = CocoEvaluator.Evaluate(scene.Objects, found, classes);
                int[] once = [.. Enumerable.Repeat(1, scene.Images.Count)];

                IReadOnlyList<PairedFigure> figures = Figures(scene, found);

                Assert.Equal(expected.AP, figures[0].Old(once) ?? -1, 12);
                foreach (PairedFigure figure in figures)
                {
                    double? value = figure switch
                    {
                        { Group: "object size", Name: "small" } => expected.APSmall,
                        { Group: "object size", Name: "medium" } => expected.APMedium,
                        { Group: "object size", Name: "large" } => expected.APLarge,
                        { Group: "class" } => expected
                            .Classes[scene.Labels.ToList().IndexOf(figure.Name)]
                            .AP
                            ?? -1,
                        _ => null,
                    };
                    if (value is not null)
                    {
                        Assert.Equal(value.Value, figure.New(once) ?? -1, 12);
                    }
                }
            }
        );

    [Fact]
    public void A_picture_that_counts_twice_is_two_equal_pictures() =>
        Laws.Hold(
            40,
            random =>
            {
                AnnotationSet scene = SimulatedModel.Scene(random, random.Next(2, 12), classes: 2);
                List<ScoredBox> found = SimulatedModel.Detect(random, scene, 0.7);
                long[] ids = FigureList.ImagesOf(scene);
                int[] weights = [.. ids.Select(_ => random.Next(4))];
                const long copy = 1_000_000;
                List<GroundTruthBox> copies = [];
                List<ScoredBox> copiesFound = [];
                for (int image = 0; image < ids.Length; image++)
                {
                    for (int number = 0; number < weights[image]; number++)
                    {
                        long id = ids[image] + number * copy;
                        copies.AddRange(
                            scene
                                .Objects.Where(box => box.ImageId == ids[image])
                                .Select(box => box with { ImageId = id })
                        );
                        copiesFound.AddRange(
                            found
                                .Where(box => box.ImageId == ids[image])
                                .Select(box => box with { ImageId = id })
                        );
                    }
                }

                double expected = CocoEvaluator.Evaluate(copies, copiesFound, 2).AP;

                Assert.Equal(expected, Figures(scene, found)[0].Old(weights) ?? -1, 12);
            }
        );

    [Fact]
    public void A_cameras_figure_is_that_of_its_pictures_alone()
    {
        var random = new Random(5);
        AnnotationSet scene = SimulatedModel.Scene(random, 30, classes: 1);
        List<ScoredBox> found = SimulatedModel.Detect(random, scene, 0.6);
        HashSet<long> ids =
        [
            .. scene
                .Images.Where(image =>
                    image.FileName.StartsWith("cam-1/", StringComparison.Ordinal)
                )
                .Select(image => image.Id),
        ];
        double expected = CocoEvaluator
            .Evaluate(
                [.. scene.Objects.Where(box => ids.Contains(box.ImageId))],
                [.. found.Where(box => ids.Contains(box.ImageId))],
                1
            )
            .AP;

        PairedFigure figure = Assert.Single(
            Figures(scene, found),
            one => one is { Group: "camera", Name: "cam-1" }
        );

        Assert.Equal(expected, figure.Old([.. Enumerable.Repeat(1, 30)])!.Value, 12);
    }

    [Theory]
    [InlineData("edge-1/gate/2026-03-01/120000.000.jpg", "edge-1/gate")]
    [InlineData("yard/7.png", "yard")]
    [InlineData("7.png", ".")]
    [InlineData("clip.avi#000012", "clip.avi")]
    public void A_pictures_camera_is_its_video_or_its_folder_without_the_day(
        string name,
        string camera
    ) => Assert.Equal(camera, FigureList.CameraOf(name));

    private static IReadOnlyList<PairedFigure> Figures(AnnotationSet scene, List<ScoredBox> found)
    {
        SizeRun[] run = [new SizeRun(found, [1])];
        return FigureList.Create(scene, new PairedRun([416], run, run));
    }
}
