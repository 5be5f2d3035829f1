using AsffEdge.Agent.Health;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Profiles;

/// <summary>The pipeline as what profiles run on.</summary>
/// <param name="pipeline">Finds it when it is needed: it is made with the controller's selection, so after the controller.</param>
/// <param name="system">Measures the process's memory.</param>
internal sealed class PipelineDevice(Func<VideoPipeline> pipeline, SystemMeter system) : IDevice
{
    // How ONNX Runtime, the C++ library and CUDA say that there is no memory left. ONNX Runtime has no code for it.
    private static readonly string[] OutOfMemory =
    [
        "Failed to allocate memory",
        "bad_alloc",
        "bad allocation",
        "out of memory",
    ];

    /// <inheritdoc/>
    public async Task WarmAsync(int size)
    {
        try
        {
            await pipeline().WarmAsync(size).ConfigureAwait(false);
        }
        catch (Exception error)
            when (error is ModelException or OutOfMemoryException or OperationCanceledException)
        {
            throw new DocumentRejectedException(
                CodeOf(error),
                error is OperationCanceledException
                    ? "the agent stops"
                    : $"size {size} cannot be run here: {error.Message}"
            );
        }
    }

    /// <inheritdoc/>
    public CameraPerformance Performance(int camera)
    {
        CameraStatistics statistics = pipeline().Statistics[camera];
        return new CameraPerformance(
            statistics.Fps > 0 ? Math.Round(statistics.Fps, 1) : null,
            statistics.Inference.P50 > 0 ? Math.Round(statistics.Inference.P50, 1) : null
        );
    }

    /// <inheritdoc/>
    public CameraCounts Counts(int camera)
    {
        CameraStatistics statistics = pipeline().Statistics[camera];
        return new CameraCounts(statistics.Delivered, statistics.Inferred);
    }

    /// <inheritdoc/>
    public double? MemoryMb() => system.ResidentMemoryMb();

    /// <summary>What a failure to warm a size is reported as.</summary>
    internal static ResultCode CodeOf(Exception error) =>
        error is OutOfMemoryException
        || OutOfMemory.Any(text => error.Message.Contains(text, StringComparison.OrdinalIgnoreCase))
            ? ResultCode.OutOfMemory
            : ResultCode.Failed;
}
