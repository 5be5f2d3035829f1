using System.Globalization;
using System.Text.Json;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Footage;

/// <summary>
/// A camera's day on disk: pictures, and a journal with a line for each. Only a picture that is there and has its line counts, so removing
/// pictures is all it takes to forget them, and what a crash leaves half done is not there.
/// </summary>
/// <param name="Root">The folder of all footage.</param>
/// <param name="Camera">The camera's id.</param>
/// <param name="Date">The day of the capture times, UTC.</param>
internal sealed record FootageDay(string Root, string Camera, DateOnly Date)
{
    private const string DateFormat = "yyyy-MM-dd";
    private const string NameFormat = "HHmmss'.'fff";
    private const string Extension = ".jpg";
    private const byte LineFeed = (byte)'\n';

    /// <summary>Its name below the root, as in a pack.</summary>
    public string Name => $"{Camera}/{DateText}";

    private string DateText => Date.ToString(DateFormat, CultureInfo.InvariantCulture);

    /// <summary>Its folder.</summary>
    public string Path => System.IO.Path.Combine(Root, Name);

    /// <summary>Its journal.</summary>
    public string Journal => System.IO.Path.Combine(Path, "frames.jsonl");

    /// <summary>What is made of it for others.</summary>
    public string Coco => System.IO.Path.Combine(Path, CocoFile.Name);

    /// <summary>The day that a frame belongs to.</summary>
    public static FootageDay Of(string root, string camera, DateTime captured) =>
        new(root, camera, DateOnly.FromDateTime(captured));

    /// <summary>The name of the picture that was captured then.</summary>
    public static string PictureName(DateTime captured) =>
        captured.ToString(NameFormat, CultureInfo.InvariantCulture) + Extension;

    /// <summary>When a picture was captured; the day's beginning where its name is no time.</summary>
    public static DateTime CaptureOf(DateOnly date, string file) =>
        date.ToDateTime(
            TimeOnly.TryParseExact(
                System.IO.Path.GetFileNameWithoutExtension(file),
                NameFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out TimeOnly time
            )
                ? time
                : TimeOnly.MinValue,
            DateTimeKind.Utc
        );

    /// <summary>All days below a root, by camera and date; folders that are none are left out.</summary>
    public static IReadOnlyList<FootageDay> All(string root)
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        return
        [
            .. Directory
                .EnumerateDirectories(root)
                .Select(folder => System.IO.Path.GetFileName(folder))
                .Where(camera => Identifier.IsValid(camera))
                .Order(StringComparer.Ordinal)
                .SelectMany(camera =>
                    Directory
                        .EnumerateDirectories(System.IO.Path.Combine(root, camera))
                        .Select(folder => DateOf(System.IO.Path.GetFileName(folder)))
                        .OfType<DateOnly>()
                        .Order()
                        .Select(date => new FootageDay(root, camera, date))
                ),
        ];
    }

    /// <summary>The day that a text such as <c>2026-03-01</c> names; null: none.</summary>
    public static DateOnly? DateOf(string text) =>
        DateOnly.TryParseExact(text, DateFormat, out DateOnly date) ? date : null;

    /// <summary>The pictures that are there, by name and so by time, with their bytes.</summary>
    public SortedDictionary<string, long> Pictures()
    {
        SortedDictionary<string, long> pictures = new(StringComparer.Ordinal);
        if (Directory.Exists(Path))
        {
            foreach (FileInfo file in new DirectoryInfo(Path).EnumerateFiles($"*{Extension}"))
            {
                try
                {
                    pictures[file.Name] = file.Length;
                }
                catch (FileNotFoundException) { } // removed meanwhile
            }
        }

        return pictures;
    }

    /// <summary>The frames that the journal tells of, in its order, whether their pictures are there or not. A last line without its end, and lines that are none, are left out.</summary>
    public IEnumerable<StoredFrame> Told()
    {
        if (!File.Exists(Journal))
        {
            yield break;
        }

        ModelEntry? model = null;
        byte[] text = File.ReadAllBytes(Journal);
        for (int from = 0; text.AsSpan(from).IndexOf(LineFeed) is >= 0 and int length; )
        {
            JournalLine? line = Parse(text.AsSpan(from, length));
            from += length + 1;
            model = line?.Model is { Labels: not null } named ? named : model;
            if (line?.Frame is { File: not null, Objects: not null } frame && model is not null)
            {
                yield return new StoredFrame(this, model, frame);
            }
        }
    }

    /// <summary>The frames whose pictures are there, in order of time.</summary>
    public IReadOnlyList<StoredFrame> Frames()
    {
        SortedDictionary<string, long> pictures = Pictures();
        Dictionary<string, StoredFrame> told = Told()
            .GroupBy(frame => frame.Entry.File, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);
        return
        [
            .. pictures
                .Where(picture =>
                    told.TryGetValue(picture.Key, out StoredFrame? frame)
                    && frame.Entry.Size == picture.Value
                )
                .Select(picture => told[picture.Key]),
        ];
    }

    /// <summary>The day as answers to commands name it.</summary>
    public FootageDayAnswer ToAnswer(int pictures, long bytes) =>
        new(Camera, DateText, pictures, bytes);

    /// <summary>Removes everything.</summary>
    /// <returns>The pictures and bytes that were there.</returns>
    public (int Pictures, long Bytes) Remove()
    {
        SortedDictionary<string, long> pictures = Pictures();
        for (int tries = 1; Directory.Exists(Path); tries++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            // An agent may just have added something.
            catch (IOException) when (tries < 5) { }
        }

        RemoveIfEmpty(System.IO.Path.GetDirectoryName(Path)!);
        return (pictures.Count, pictures.Values.Sum());
    }

    /// <summary>Removes a folder in which nothing is left, if nothing is put into it at this moment.</summary>
    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (IOException) { }
    }

    private static JournalLine? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, FootageJson.Readable.JournalLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A frame on disk.</summary>
/// <param name="Day">Where it is.</param>
/// <param name="Model">What it was inferred with.</param>
/// <param name="Entry">What is known of it.</param>
internal sealed record StoredFrame(FootageDay Day, ModelEntry Model, FrameEntry Entry)
{
    /// <summary>Its picture's name below the root, as in a pack.</summary>
    public string Name => $"{Day.Name}/{Entry.File}";

    /// <summary>Its picture's file.</summary>
    public string Path => System.IO.Path.Combine(Day.Path, Entry.File);
}
