namespace AsffEdge.Control.Profiles;

/// <summary>A camera's frames since the process started.</summary>
/// <param name="Delivered">Frames it has delivered.</param>
/// <param name="Inferred">Frames of them that were inferred.</param>
public readonly record struct CameraCounts(long Delivered, long Inferred);
