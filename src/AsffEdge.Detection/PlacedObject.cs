namespace AsffEdge.Detection;

/// <summary>An object of a picture, as far as it takes to tell whether another picture has it too.</summary>
/// <param name="ClassId">Its class; the numbering is the producer's.</param>
/// <param name="Box">Where, as fractions 0..1 of the picture, so that pictures of different sizes can be compared.</param>
public readonly record struct PlacedObject(int ClassId, Box Box);
