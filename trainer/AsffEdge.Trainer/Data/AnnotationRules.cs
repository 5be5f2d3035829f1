using System.Globalization;

namespace AsffEdge.Trainer.Data;

/// <summary>What every format's annotations must satisfy.</summary>
internal static class AnnotationRules
{
    /// <summary>Pixels that a box may stick out of its picture, as published boxes do by rounding; more than this is a mistake.</summary>
    public const double Overshoot = 1;

    /// <summary>What is wrong with a box, in pixels of its picture; null where nothing is.</summary>
    public static string? BoxProblem(
        double left,
        double top,
        double width,
        double height,
        int pictureWidth,
        int pictureHeight,
        bool allowEmpty = false
    )
    {
        string box = string.Create(
            CultureInfo.InvariantCulture,
            $"box {left:0.###}, {top:0.###}, {width:0.###}, {height:0.###} (left, top, width, height)"
        );
        if (!double.IsFinite(left + top + width + height))
        {
            return $"{box} is not finite; allowed: pixels";
        }

        if (width < 0 || height < 0 || (!allowEmpty && (width == 0 || height == 0)))
        {
            return $"{box} is empty; allowed: a width and height above 0";
        }

        bool inside =
            left >= -Overshoot
            && top >= -Overshoot
            && left + width <= pictureWidth + Overshoot
            && top + height <= pictureHeight + Overshoot;
        return inside
            ? null
            : $"{box} is not inside its picture of {pictureWidth}x{pictureHeight}; allowed: up to {Overshoot} pixel outside";
    }

    /// <summary>What is wrong with a class name that should be one of <paramref name="labels"/>.</summary>
    public static string UnknownClass(string name, IReadOnlyList<string> labels) =>
        $"'{name}' is not a known class; allowed: {string.Join(", ", labels)}";

    /// <summary>The class id of each label. The first of equal ones counts; <see cref="CheckLabels"/> refuses them.</summary>
    public static Dictionary<string, int> IndexOf(IReadOnlyList<string> labels)
    {
        var index = new Dictionary<string, int>(labels.Count);
        for (int classId = 0; classId < labels.Count; classId++)
        {
            index.TryAdd(labels[classId], classId);
        }

        return index;
    }

    /// <summary>Notes class names that are empty or occur twice.</summary>
    public static void CheckLabels(
        string file,
        IReadOnlyList<string> labels,
        DatasetProblems problems
    )
    {
        foreach (
            string twice in labels
                .GroupBy(name => name)
                .Where(g => g.Count() > 1)
                .Select(g => g.Key)
        )
        {
            problems.Add(file, 0, $"class '{twice}' occurs twice; names must be unique");
        }

        if (labels.Any(string.IsNullOrWhiteSpace))
        {
            problems.Add(file, 0, "a class has no name; every class must have one");
        }
    }
}
