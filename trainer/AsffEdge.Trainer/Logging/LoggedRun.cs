using System.Globalization;

namespace AsffEdge.Trainer.Logging;

/// <summary>The curves of a training's log, column by column.</summary>
/// <param name="Name">What to call the run: its folder's name, or the file's where it is called otherwise than <c>log.csv</c>.</param>
/// <param name="Path">The file.</param>
/// <param name="Epochs">Epochs, from 1.</param>
/// <param name="Columns">By heading, a value for each epoch; NaN where nothing was measured.</param>
internal sealed record LoggedRun(
    string Name,
    string Path,
    double[] Epochs,
    IReadOnlyDictionary<string, double[]> Columns
)
{
    /// <summary>Reads a log.</summary>
    /// <param name="path">A run's folder, or the file itself.</param>
    /// <exception cref="IOException">There is no such file; the message names it.</exception>
    /// <exception cref="InvalidDataException">The file is no log; the message names file and line.</exception>
    public static LoggedRun Read(string path)
    {
        string file = Directory.Exists(path)
            ? System.IO.Path.Combine(path, TrainingLog.FileName)
            : path;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(
                $"{path}: expected the folder of a training (with {TrainingLog.FileName} inside) or a log file"
            );
        }

        string[] lines = File.ReadAllLines(file);
        string[] headings = lines.Length > 0 ? lines[0].Split(',') : [];
        int epochs = Array.IndexOf(headings, TrainingLog.Epoch);
        if (epochs < 0 || headings.Distinct().Count() != headings.Length)
        {
            throw new InvalidDataException(
                $"{file}:1: no training log; expected headings that differ, '{TrainingLog.Epoch}' among them"
            );
        }

        double[][] rows =
        [
            .. lines.Skip(1).Select((line, index) => ReadRow(file, index + 2, line, headings)),
        ];
        if (rows.Length == 0)
        {
            throw new InvalidDataException($"{file}: no epoch is finished yet");
        }

        return new LoggedRun(
            NameOf(file),
            file,
            [.. rows.Select(row => row[epochs])],
            Enumerable
                .Range(0, headings.Length)
                .ToDictionary(
                    column => headings[column],
                    column => rows.Select(row => row[column]).ToArray()
                )
        );
    }

    private static double[] ReadRow(string file, int line, string text, string[] headings)
    {
        string[] cells = text.Split(',');
        if (cells.Length != headings.Length)
        {
            throw new InvalidDataException(
                $"{file}:{line}: {cells.Length} values; the first line has {headings.Length} headings"
            );
        }

        double[] values = new double[cells.Length];
        for (int column = 0; column < cells.Length; column++)
        {
            values[column] = double.NaN;
            bool isNumber = double.TryParse(
                cells[column],
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out double value
            );
            if (isNumber)
            {
                values[column] = value;
            }
            else if (cells[column].Length > 0 || headings[column] == TrainingLog.Epoch)
            {
                throw new InvalidDataException(
                    $"{file}:{line}: {headings[column]} is '{cells[column]}'; expected a number"
                );
            }
        }

        return values;
    }

    private static string NameOf(string file)
    {
        string full = System.IO.Path.GetFullPath(file);
        return System.IO.Path.GetFileName(full) == TrainingLog.FileName
            ? System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(full)!)
            : System.IO.Path.GetFileNameWithoutExtension(full);
    }
}
