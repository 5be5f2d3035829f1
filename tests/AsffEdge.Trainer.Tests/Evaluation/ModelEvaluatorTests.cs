using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Prediction;
using AsffEdge.Trainer.Tests.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Evaluation;

/// <summary>A real network of random weights over real files: it finds boxes everywhere, which is enough to follow them.</summary>
public sealed class ModelEvaluatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NetworkState _state = TinyNetwork.Eager();

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_state_and_the_checkpoint_saved_from_it_score_the_same_and_the_state_lives_on()
    {
        using LabelledDataset dataset = Dataset();
        string file = Path.Combine(_folder.Path, "c.safetensors");
        Checkpoint.Save(file, _state, TinyNetwork.Describe());
        ModelEvaluation fromState;
        using (var predictor = new CheckpointPredictor(_state, TinyNetwork.Describe()))
        {
            fromState = new ModelEvaluator(predictor, dataset).Evaluate(
                320,
                cancellation: TestContext.Current.CancellationToken
            );
        }

        using IPredictor reopened = Predictor.Open(file);
        ModelEvaluation fromFile = new ModelEvaluator(reopened, dataset).Evaluate(
            320,
            cancellation: TestContext.Current.CancellationToken
        );

        Assert.NotEmpty(fromState.Detections);
        Assert.Equal(fromState.Detections, fromFile.Detections);
        Assert.Equal(fromState.Coco.AR100, fromFile.Coco.AR100);
        Assert.NotEmpty(_state.Read(_state.Entries[0].Name));
    }

    [Fact]
    public void Detections_are_in_pixels_of_their_picture_and_scored_against_the_pictures_taken()
    {
        using LabelledDataset dataset = Dataset();
        using var predictor = new CheckpointPredictor(_state, TinyNetwork.Describe());
        var done = new List<int>();

        ModelEvaluation all = new ModelEvaluator(predictor, dataset).Evaluate(
            320,
            done.Add,
            TestContext.Current.CancellationToken
        );
        ModelEvaluation some = new ModelEvaluator(predictor, dataset) { Every = 2 }.Evaluate(
            320,
            cancellation: TestContext.Current.CancellationToken
        );

        Assert.Equal([1, 2, 3], done);
        Assert.Equal((3, 2), (all.Images, some.Images));
        Assert.Equal(all.Detections.Where(box => box.ImageId != 2), some.Detections);
        Assert.All(
            all.Detections,
            box =>
            {
                AnnotatedImage image = dataset.Annotations.Images.Single(one =>
                    one.Id == box.ImageId
                );
                Assert.InRange(box.Left, 0, image.Width);
                Assert.InRange(box.Left + box.Width, 0, image.Width + 1e-3);
                Assert.InRange(box.Top + box.Height, 0, image.Height + 1e-3);
                Assert.True(box.Score >= ModelEvaluator.ScoreFloor);
            }
        );
        Assert.True(all.Detections.Max(box => box.Left + box.Width) > 300);
        // The picture that is left out takes its object along.
        Assert.Equal(3, all.Coco.Classes[0].Objects);
        Assert.Equal(2, some.Coco.Classes[0].Objects);
    }

    [Fact]
    public void Ends_when_cancelled()
    {
        using LabelledDataset dataset = Dataset();
        using var predictor = new CheckpointPredictor(_state, TinyNetwork.Describe());
        using var cancellation = new CancellationTokenSource();
        int done = 0;

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new ModelEvaluator(predictor, dataset).Evaluate(
                320,
                _ =>
                {
                    done++;
                    cancellation.Cancel();
                },
                cancellation.Token
            )
        );
        Assert.Equal(1, done);
    }

    private LabelledDataset Dataset()
    {
        _folder.WriteImage("a.png", 320, 240, new Scalar(10, 200, 30));
        _folder.WriteImage("b.png", 64, 96, new Scalar(90, 20, 30));
        _folder.WriteImage("c.png", 200, 100, new Scalar(0, 20, 230));
        return LabelledDataset.Open(
            _folder.Write(
                "labels.json",
                """
                {"images": [{"id": 1, "file_name": "a.png", "width": 320, "height": 240},
                            {"id": 2, "file_name": "b.png", "width": 64, "height": 96},
                            {"id": 3, "file_name": "c.png", "width": 200, "height": 100}],
                 "categories": [{"id": 1, "name": "person"}],
                 "annotations": [
                   {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 60]},
                   {"id": 2, "image_id": 2, "category_id": 1, "bbox": [10, 20, 30, 60]},
                   {"id": 3, "image_id": 3, "category_id": 1, "bbox": [100, 20, 50, 60]}]}
                """
            ),
            _folder.Path
        );
    }
}
