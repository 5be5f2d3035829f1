using AsffEdge.Agent.Health;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;

namespace AsffEdge.Agent.Tests.Health;

/// <summary>Large sizes, whose warming takes a while, and frames that come meanwhile.</summary>
public sealed class AgentProgressTests : IAsyncDisposable
{
    private readonly DemoPipeline _demo = new(320, realTime: true);

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task Frames_that_wait_for_a_size_to_be_warmed_do_not_make_the_agent_stuck()
    {
        CameraStatistics camera = _demo.Camera;
        await _demo.StartAsync(frames: 0);

        bool isSeen = false;
        for (int attempt = 0; attempt < 100 && !isSeen; attempt++)
        {
            Task warm = _demo.Pipeline.WarmAsync(800);
            SpinWait.SpinUntil(() =>
            {
                _demo.Time.Advance(TimeSpan.FromMilliseconds(1));
                return _demo.Pipeline.WarmingFor > TimeSpan.Zero || warm.IsCompleted;
            });
            _ = _demo.Progress.Judge();
            (long delivered, long inferred) = (camera.Delivered, camera.Inferred);
            _demo.Time.Advance(TimeSpan.FromSeconds(11));
            SpinWait.SpinUntil(() => camera.Delivered > delivered || warm.IsCompleted);

            Degradation? fault = _demo.Progress.Judge();

            // What was judged counts only if the same warm-up went on all the while.
            isSeen =
                _demo.Pipeline.WarmingFor >= TimeSpan.FromSeconds(11)
                && camera.Delivered > delivered
                && camera.Inferred == inferred;
            Assert.True(!isSeen || fault is null, fault?.Detail);
            await warm;
        }

        Assert.True(isSeen, "no warm-up was caught");
    }
}
