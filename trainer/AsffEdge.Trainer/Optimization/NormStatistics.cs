using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// Measures what goes into every norm of a network and makes it the norm's statistics, with scale and shift changed so that the network's outputs stay the same. A network that comes from an ONNX file has no
/// statistics of its own, and a training that began with others would change its outputs in the first step.
/// </summary>
/// <param name="state">The network; changed by <see cref="Apply"/>.</param>
/// <param name="network">Its shape.</param>
internal sealed class NormStatistics(NetworkState state, NetworkConfiguration network)
{
    private readonly Dictionary<string, (double[] Sum, double[] Squares, double Count)> _blocks =
    [];

    /// <summary>Measures a batch, [N, 3, S, S].</summary>
    public void Add(Tensor images)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        DetectorNetwork.Forward(
            new TorchOps(state, training: false) { NormObserver = Measure },
            images,
            network
        );
    }

    /// <summary>Takes the statistics over.</summary>
    public void Apply()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        foreach ((string block, (double[] sum, double[] squares, double count)) in _blocks)
        {
            float[] scale = state.Read($"{block}.norm.weight");
            float[] shift = state.Read($"{block}.norm.bias");
            float[] mean = state.Read($"{block}.norm.running_mean");
            float[] variance = state.Read($"{block}.norm.running_var");
            for (int channel = 0; channel < scale.Length; channel++)
            {
                double factor =
                    scale[channel] / Math.Sqrt(variance[channel] + TorchOps.NormEpsilon);
                double measured = sum[channel] / count;
                double spread = Math.Max(0, squares[channel] / count - measured * measured);
                scale[channel] = (float)(factor * Math.Sqrt(spread + TorchOps.NormEpsilon));
                shift[channel] = (float)(shift[channel] + (measured - mean[channel]) * factor);
                mean[channel] = (float)measured;
                variance[channel] = (float)spread;
            }

            Write($"{block}.norm.weight", scale);
            Write($"{block}.norm.bias", shift);
            Write($"{block}.norm.running_mean", mean);
            Write($"{block}.norm.running_var", variance);
        }
    }

    private void Measure(string block, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = input.to(ScalarType.Float64);
        double[] sum = wide.sum([0, 2, 3]).cpu().data<double>().ToArray();
        double[] squares = (wide * wide).sum([0, 2, 3]).cpu().data<double>().ToArray();
        double count = (double)input.shape[0] * input.shape[2] * input.shape[3];
        if (_blocks.TryGetValue(block, out (double[] Sum, double[] Squares, double Count) before))
        {
            for (int channel = 0; channel < sum.Length; channel++)
            {
                sum[channel] += before.Sum[channel];
                squares[channel] += before.Squares[channel];
            }

            count += before.Count;
        }

        _blocks[block] = (sum, squares, count);
    }

    private void Write(string name, float[] values)
    {
        using Tensor source = tensor(values);
        state[name].copy_(source);
    }
}
