namespace AsffEdge.Trainer.Checkpoints;

/// <summary>How the elements of a stored tensor are encoded; little-endian all of them.</summary>
internal enum ElementType
{
    Float64,
    Float32,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
}
