using static TorchSharp.torch;

namespace AsffEdge.Trainer.Losses;

/// <summary>What a detector is trained by.</summary>
public interface IDetectorLoss
{
    /// <summary>The loss of one step. Tensors belong to the caller's dispose scope.</summary>
    /// <param name="levels">The raw maps of every level, from <see cref="Network.DetectorNetwork.Forward"/>.</param>
    /// <param name="targets">The batch's objects.</param>
    /// <param name="size">Input size in pixels.</param>
    /// <returns>The scalar to differentiate, and its terms.</returns>
    (Tensor Total, LossTerms Terms) Compute(
        (Tensor First, Tensor? Second)[] levels,
        TargetBatch targets,
        int size
    );
}
