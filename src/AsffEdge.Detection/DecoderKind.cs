namespace AsffEdge.Detection;

/// <summary>How raw head maps become boxes; a manifest says it by the lower-case name.</summary>
public enum DecoderKind
{
    /// <summary><see cref="YoloDecoder"/>.</summary>
    Yolov3,

    /// <summary><see cref="RetinaDecoder"/>.</summary>
    Retinanet,
}
