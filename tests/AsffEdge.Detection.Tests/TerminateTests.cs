namespace AsffEdge.Detection.Tests;

public sealed class TerminateTests : IDisposable
{
    private readonly ColourCells _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Until_it_may_go_on_every_inference_fails()
    {
        using Detector detector = _models.Open();
        detector.Run(320);

        detector.Terminate();
        for (int k = 0; k < 3; k++)
        {
            ModelException error = Assert.Throws<ModelException>(() => detector.Run(320));
            Assert.Equal(ModelFault.InferenceFailed, error.Fault);
        }

        detector.Resume();
        detector.Run(320);
    }

    /// <summary>The demo model at its largest size takes tens of milliseconds: it is ended in the middle, from another thread.</summary>
    [Fact]
    public async Task An_inference_that_runs_is_ended()
    {
        using Detector detector = Detector.Open(
            Path.Combine(Repository.Root, "models", "pedestrian.onnx"),
            new() { Threads = 1 }
        );
        detector.Warm(800);
        int ended = 0;
        using CancellationTokenSource stop = new();
        Task running = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    try
                    {
                        detector.Run(800);
                    }
                    catch (ModelException)
                    {
                        ended++;
                        detector.Resume();
                    }
                }
            },
            TestContext.Current.CancellationToken
        );

        for (int k = 0; k < 20; k++)
        {
            await Task.Delay(15, TestContext.Current.CancellationToken);
            detector.Terminate();
        }

        await stop.CancelAsync();
        await running;
        Assert.InRange(ended, 1, 20);
        detector.Resume();
        detector.Run(800);
    }

    [Fact]
    public void After_the_detector_is_gone_it_does_nothing()
    {
        Detector detector = _models.Open();
        detector.Dispose();

        detector.Terminate();
        detector.Resume();
    }
}
