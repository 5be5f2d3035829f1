namespace AsffEdge.Trainer.Data;

/// <summary>How a data set's annotations are written (<c>data.format</c>).</summary>
public enum DataFormat
{
    /// <summary>One JSON file in COCO's object-detection format.</summary>
    Coco,

    /// <summary>A folder of PASCAL VOC's XML files, one a picture.</summary>
    Voc,

    /// <summary>A folder of YOLO's text files, one a picture.</summary>
    Yolo,
}
