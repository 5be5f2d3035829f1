using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Optimization;

/// <summary>Parts of a network that stay as they are (<see cref="OptimizerOptions.Frozen"/>).</summary>
internal static class FrozenParts
{
    /// <summary>Takes the parts out of the training.</summary>
    /// <exception cref="ConfigurationException">A part does not exist, or nothing is left to train.</exception>
    public static void Apply(OptimizerOptions options, NetworkState state)
    {
        foreach (string part in options.Frozen)
        {
            var only = new OptimizerOptions { Frozen = [part] };
            if (!state.Entries.Any(entry => only.IsFrozen(entry.Name)))
            {
                IEnumerable<string> parts = state
                    .Entries.Select(entry => string.Join('.', entry.Name.Split('.').Take(2)))
                    .Distinct();
                throw new ConfigurationException(
                    $"optimizer.frozen names '{part}', which the network does not have; allowed: backbone, neck, fusion, head, or one of {string.Join(", ", parts)}"
                );
            }
        }

        if (state.Entries.All(entry => !entry.IsTrained || options.IsFrozen(entry.Name)))
        {
            throw new ConfigurationException(
                "optimizer.frozen holds the whole network; leave out what is to be trained"
            );
        }

        foreach (
            StateEntry entry in state.Entries.Where(entry =>
                entry.IsTrained && options.IsFrozen(entry.Name)
            )
        )
        {
            state[entry.Name].requires_grad = false;
        }
    }
}
