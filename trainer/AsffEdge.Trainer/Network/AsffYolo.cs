namespace AsffEdge.Trainer.Network;

/// <summary>ASFF-YOLOv3: the one forward pass that training, export and summary share.</summary>
public static class AsffYolo
{
    /// <summary>Raw predictions and, with guided anchoring, guidance of every level, coarsest first: what the loss needs.</summary>
    /// <param name="ops">The interpreter.</param>
    /// <param name="image">[N, 3, S, S], normalised RGB.</param>
    /// <param name="network">The network's shape.</param>
    public static (T Prediction, T? Guidance)[] Forward<T>(
        INetworkOps<T> ops,
        T image,
        NetworkConfiguration network
    )
    {
        (T c3, T c4, T c5) =
            network.Backbone == BackboneKind.Darknet53
                ? Darknet53.Forward(ops, image, network)
                : MobileNetV2.Forward(ops, image, network);
        T[] pyramid = PyramidNeck.Forward(ops, c3, c4, c5, network);
        var levels = new (T Prediction, T? Guidance)[NetworkConfiguration.Levels];
        for (int level = 0; level < levels.Length; level++)
        {
            levels[level] = GuidedHead.Forward(
                ops,
                LevelFusion.Forward(ops, pyramid, level, network),
                level,
                network
            );
        }

        return levels;
    }

    /// <summary>The maps that end the exported graph, [N, P·(5+C), H, W] a level: guidance and base shapes are part of the log sizes.</summary>
    public static T[] ForwardMaps<T>(INetworkOps<T> ops, T image, NetworkConfiguration network)
    {
        (T Prediction, T? Guidance)[] levels = Forward(ops, image, network);
        var maps = new T[levels.Length];
        for (int level = 0; level < maps.Length; level++)
        {
            (T prediction, T? guidance) = levels[level];
            maps[level] = network.GuidedAnchoring
                ? ops.AddGuidance(prediction, guidance!, network.Bases(level))
                : ops.AddBases(prediction, network.Bases(level));
        }

        return maps;
    }
}
