namespace AsffEdge.Trainer.Network;

/// <summary>Shape of one feature map without its batch dimension.</summary>
public readonly record struct MapShape(int Channels, int Height, int Width);
