namespace AsffEdge.Trainer.Network;

/// <summary>How the three pyramid levels meet before the heads (paper, Table 3).</summary>
public enum FusionKind
{
    /// <summary>They do not: every head sees its own level.</summary>
    None,

    /// <summary>Resized as in ASFF, then added.</summary>
    Sum,

    /// <summary>Resized as in ASFF, then concatenated.</summary>
    Concat,

    /// <summary>Adaptively spatial feature fusion (Eq. 1 and 2).</summary>
    Asff,
}
