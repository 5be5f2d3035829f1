namespace AsffEdge.Trainer.Network;

/// <summary>
/// Maps this project's state names to those of published weights, for import and parity: of the paper's authors (<c>module_list.6…</c>), or
/// for RetinaNet torchvision's (<see cref="TorchvisionNames"/>).
/// A backbone trunk is a numbered list there; numbers without state (SPP, upsampling, DropBlock) are left out here too.
/// </summary>
public sealed class AuthorNames
{
    private readonly Dictionary<string, string> _modules = [];
    private Func<string, string> _current = name => name;

    private AuthorNames() { }

    /// <summary>The mapping for a network.</summary>
    public static AuthorNames For(NetworkConfiguration network)
    {
        var names = new AuthorNames();
        if (network.Detector == DetectorKind.RetinaNet)
        {
            names._current = TorchvisionNames.Current;
            foreach ((string ours, string theirs) in TorchvisionNames.Modules(network))
            {
                names._modules[ours] = theirs;
            }

            return names;
        }

        int neck =
            network.Backbone == BackboneKind.Darknet53 ? names.AddDarknet() : names.AddMobileNet();
        names.AddNeck(network, neck);
        return names;
    }

    /// <summary>The authors' name of one of our state tensors.</summary>
    /// <exception cref="ArgumentException">The network has no such tensor.</exception>
    public string this[string name]
    {
        get
        {
            int dot = name.LastIndexOf('.');
            return _modules.TryGetValue(name[..dot], out string? module)
                ? module + name[dot..]
                : throw new ArgumentException($"'{name}' is no state tensor of this network");
        }
    }

    /// <summary>The present name of a tensor that older files may spell otherwise.</summary>
    public string Current(string name) => _current(name);

    private void Block(string ours, string theirs)
    {
        _modules[$"{ours}.conv"] = $"{theirs}.conv";
        _modules[$"{ours}.norm"] = $"{theirs}.batch_norm";
    }

    private void Pair(string ours, string convolution, string norm)
    {
        _modules[$"{ours}.conv"] = convolution;
        _modules[$"{ours}.norm"] = norm;
    }

    private void Bottleneck(string ours, string theirs)
    {
        Block($"{ours}.reduce", $"{theirs}.0");
        Block($"{ours}.conv", $"{theirs}.1");
    }

    private int AddDarknet()
    {
        Block("backbone.stem", "module_list.0");
        int[] blocks = [1, 2, 8, 8, 4];
        for (int stage = 1; stage <= blocks.Length; stage++)
        {
            Block($"backbone.stage{stage}.downsample", $"module_list.{(2 * stage) - 1}");
            for (int block = 0; block < blocks[stage - 1]; block++)
            {
                Bottleneck(
                    $"backbone.stage{stage}.{block}",
                    $"module_list.{2 * stage}.module_list.{block}"
                );
            }
        }

        return 11;
    }

    private int AddMobileNet()
    {
        Pair("backbone.stem", "module_list.0.0", "module_list.0.1");
        int block = 1;
        foreach ((int expansion, int _, int repeats, int _) in MobileNetV2.Groups)
        {
            for (int repeat = 0; repeat < repeats; repeat++, block++)
            {
                string ours = $"backbone.block{block}";
                string theirs = $"module_list.{block}.conv";
                int next = 0;
                if (expansion != 1)
                {
                    Pair($"{ours}.expand", $"{theirs}.0.0", $"{theirs}.0.1");
                    next = 1;
                }

                Pair($"{ours}.depthwise", $"{theirs}.{next}.0", $"{theirs}.{next}.1");
                Pair($"{ours}.project", $"{theirs}.{next + 1}", $"{theirs}.{next + 2}");
            }
        }

        Pair("backbone.last", $"module_list.{block}.0", $"module_list.{block}.1");
        return block + 1;
    }

    private void AddNeck(NetworkConfiguration network, int first)
    {
        bool darknet = network.Backbone == BackboneKind.Darknet53;
        bool inline = darknet && network.Fusion == FusionKind.None;
        int n = first;
        string Next(int skip = 0)
        {
            n += skip;
            return $"module_list.{n++}";
        }

        Bottleneck("neck.level0.body", $"{Next()}.module_list.0");
        Block("neck.level0.squeeze", Next());
        Block("neck.level0.merge", Next(1));
        Block("neck.level0.conv", Next());
        Block("neck.level0.out", Next(1));
        if (inline)
        {
            Block("fusion.level0.expand", Next());
            Head(0, Next());
        }

        foreach (int level in (int[])[1, 2])
        {
            string name = $"neck.level{level}";
            Block($"{name}.lateral", Next());
            Block($"{name}.merge", Next(1));
            Block($"{name}.conv", Next());
            Bottleneck($"{name}.body", $"{Next(1)}.module_list.0");
            Block($"{name}.out", Next());
            if (level == 2 && darknet)
            {
                Block($"{name}.widen", Next());
            }
            else if (inline)
            {
                Block("fusion.level1.expand", Next());
            }

            if (inline)
            {
                Head(level, Next());
            }
        }

        if (!inline)
        {
            for (int level = 0; level < NetworkConfiguration.Levels; level++)
            {
                Fusion(level, $"level_{level}_{(darknet ? "fusion" : "conv")}", network.Fusion);
                Head(level, $"level_{level}_header");
            }
        }
    }

    private void Fusion(int level, string theirs, FusionKind fusion)
    {
        string ours = $"fusion.level{level}";
        if (fusion == FusionKind.None)
        {
            Block($"{ours}.expand", theirs);
            return;
        }

        Block($"{ours}.expand", $"{theirs}.expand");
        for (int source = 0; source < NetworkConfiguration.Levels; source++)
        {
            Block($"{ours}.downsample{source}", $"{theirs}.stride_level_{source}");
            Block($"{ours}.compress{source}", $"{theirs}.compress_level_{source}");
            Block($"{ours}.weight{source}", $"{theirs}.weight_level_{source}");
        }

        _modules[$"{ours}.weights"] = $"{theirs}.weight_levels";
    }

    private void Head(int level, string theirs)
    {
        string ours = $"head.level{level}";
        _modules[$"{ours}.guidance"] = $"{theirs}.guide_wh";
        _modules[$"{ours}.offsets"] = $"{theirs}.Feature_adaption.conv_offset";
        _modules[$"{ours}.adaption"] = $"{theirs}.Feature_adaption.dconv";
        _modules[$"{ours}.prediction"] = $"{theirs}.conv";
        int[] branches = [1, 2, 3, 3];
        for (int branch = 0; branch < branches.Length; branch++)
        {
            for (int i = 0; i < branches[branch]; i++)
            {
                _modules[$"{ours}.rfb.branch{branch}.{i}"] =
                    $"{theirs}.Feature_adaption.rfb.branch_{branch}.{i}";
            }
        }
    }
}
