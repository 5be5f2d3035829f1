using System.Globalization;

namespace AsffEdge.Trainer.Data;

/// <summary>One row of a table of boxes in the MOT Challenge's text format.</summary>
/// <param name="Frame">Counted from 1.</param>
/// <param name="Left">Pixels.</param>
/// <param name="Top">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Score">The detector's confidence.</param>
public readonly record struct MotRow(
    int Frame,
    double Left,
    double Top,
    double Width,
    double Height,
    double Score
);

/// <summary>Detections in the MOT Challenge's text format: <c>frame, id, left, top, width, height, score, …</c>, one a line.</summary>
public static class MotTable
{
    /// <exception cref="DatasetException">The file cannot be read or a line is not a row; the message names the line.</exception>
    public static IReadOnlyList<MotRow> Read(string path)
    {
        try
        {
            var rows = new List<MotRow>();
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    rows.Add(Parse(line) ?? throw BadLine(path, number, line));
                }
            }

            return rows;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: cannot be read ({error.Message})", error);
        }
    }

    private static MotRow? Parse(string line)
    {
        string[] fields = line.Split(',');
        if (
            fields.Length < 7
            || !int.TryParse(
                fields[0],
                NumberStyles.Integer,
                CultureInfo.InvariantCulture,
                out int frame
            )
            || frame < 1
        )
        {
            return null;
        }

        Span<double> numbers = stackalloc double[5];
        for (int index = 0; index < numbers.Length; index++)
        {
            if (
                !double.TryParse(
                    fields[index + 2],
                    CultureInfo.InvariantCulture,
                    out numbers[index]
                ) || !double.IsFinite(numbers[index])
            )
            {
                return null;
            }
        }

        return new MotRow(frame, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    private static DatasetException BadLine(string path, int number, string line) =>
        new(
            $"{path}: line {number} is '{line}'; expected frame (from 1), id, left, top, width, height, score, separated by commas"
        );
}
