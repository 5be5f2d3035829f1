namespace AsffEdge.Trainer.Network;

/// <summary>RetinaNet (Lin et al.), plain or with the fusion of Section 4.3 behind P3 to P5 of its feature pyramid.</summary>
public static class RetinaNet
{
    /// <summary>Raw class logits and box deltas of every level, coarsest (P7) first: what the loss needs.</summary>
    /// <param name="ops">The interpreter.</param>
    /// <param name="image">[N, 3, S, S], normalised RGB.</param>
    /// <param name="network">The network's shape.</param>
    public static (T Logits, T? Deltas)[] Forward<T>(
        INetworkOps<T> ops,
        T image,
        NetworkConfiguration network
    )
    {
        (T c3, T c4, T c5) = ResNet.Forward(ops, image, network);
        T[] pyramid = FeaturePyramid.Forward(ops, c3, c4, c5, network);
        if (network.Fusion != FusionKind.None)
        {
            int first = pyramid.Length - NetworkConfiguration.Levels;
            T[] fused = pyramid[first..];
            for (int level = 0; level < fused.Length; level++)
            {
                pyramid[first + level] = LevelFusion.Fuse(
                    ops,
                    fused,
                    level,
                    network.NeckChannels(256),
                    network
                );
            }
        }

        for (int level = 0; level < pyramid.Length; level++)
        {
            ops.Observe($"head.level{level}.input", pyramid[level]);
        }

        return [.. pyramid.Select(level => RetinaHead.Forward(ops, level, network))];
    }

    /// <summary>The maps that end the exported graph, [N, 9·4 + 9·C, H, W] a level: the deltas, then the logits.</summary>
    public static T[] ForwardMaps<T>(INetworkOps<T> ops, T image, NetworkConfiguration network) =>
        [.. Forward(ops, image, network).Select(level => ops.Concat(level.Deltas!, level.Logits))];
}
