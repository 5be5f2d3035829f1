using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Benchmarking;

/// <summary>A network in a runtime, ready to be timed.</summary>
internal interface INetworkRunner : IDisposable
{
    /// <summary>The network.</summary>
    NetworkConfiguration Network { get; }

    /// <summary>What runs it, and where.</summary>
    string Runtime { get; }

    /// <summary><c>fp32</c>, <c>fp16</c> or <c>bf16</c>.</summary>
    string Precision { get; }

    /// <summary>One forward pass of batch 1, complete when it returns.</summary>
    /// <param name="size">Input size in pixels.</param>
    void Run(int size);
}
