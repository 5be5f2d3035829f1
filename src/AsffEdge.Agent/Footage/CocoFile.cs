using System.Text.Encodings.Web;
using System.Text.Json;

namespace AsffEdge.Agent.Footage;

/// <summary>A camera's day in COCO's format, as <c>docs/footage.md</c> describes it. The same frames give the same bytes.</summary>
internal static class CocoFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "coco.json";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Makes the file.</summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="created">When it is made, UTC.</param>
    /// <param name="frames">Frames of one camera's day, in order of time; at least one.</param>
    public static byte[] Compose(string agent, DateTime created, IReadOnlyList<StoredFrame> frames)
    {
        Dictionary<string, int> categories = new(StringComparer.Ordinal);
        foreach (string label in frames.SelectMany(frame => frame.Model.Labels))
        {
            categories.TryAdd(label, categories.Count + 1);
        }

        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Options))
        {
            json.WriteStartObject();
            WriteInfo(json, agent, created, frames);
            json.WriteStartArray("categories");
            foreach ((string label, int id) in categories)
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                json.WriteString("name", label);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("images");
            for (int i = 0; i < frames.Count; i++)
            {
                WriteImage(json, i + 1, frames[i]);
            }

            json.WriteEndArray();
            WriteAnnotations(json, frames, categories);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteInfo(
        Utf8JsonWriter json,
        string agent,
        DateTime created,
        IReadOnlyList<StoredFrame> frames
    )
    {
        json.WriteStartObject("info");
        json.WriteString("description", "AsffEdge footage");
        json.WriteString("date_created", Text(created));
        json.WriteString("agent", agent);
        json.WriteString("camera", frames[0].Day.Camera);
        json.WriteString("from", Text(frames[0].Entry.Captured));
        json.WriteString("to", Text(frames[^1].Entry.Captured));
        json.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter json, int id, StoredFrame frame)
    {
        FrameEntry entry = frame.Entry;
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("file_name", frame.Name);
        json.WriteNumber("width", entry.Width);
        json.WriteNumber("height", entry.Height);
        json.WriteString("date_captured", Text(entry.Captured));
        json.WriteString("camera", frame.Day.Camera);
        json.WriteString("policy", entry.Policy);
        json.WriteString("profile", entry.Profile);
        json.WriteNumber("input_size", entry.InputSize);
        json.WriteNumber("score_threshold", entry.ScoreThreshold);
        json.WriteStartObject("model");
        json.WriteString("name", frame.Model.Name);
        json.WriteString("version", frame.Model.Version);
        json.WriteString("sha256", frame.Model.Sha256);
        json.WriteEndObject();
        json.WriteBoolean("masks_applied", true);
        json.WriteBoolean("zones_applied", false);
        json.WriteString("dhash", entry.Dhash);
        json.WriteEndObject();
    }

    private static void WriteAnnotations(
        Utf8JsonWriter json,
        IReadOnlyList<StoredFrame> frames,
        Dictionary<string, int> categories
    )
    {
        int id = 0;
        json.WriteStartArray("annotations");
        for (int i = 0; i < frames.Count; i++)
        {
            foreach (FoundObject found in frames[i].Entry.Objects)
            {
                if ((uint)found.ClassId >= (uint)frames[i].Model.Labels.Count)
                {
                    continue;
                }

                decimal left = Hundredths(found.Left);
                decimal top = Hundredths(found.Top);
                decimal width = Hundredths(found.Right) - left;
                decimal height = Hundredths(found.Bottom) - top;
                json.WriteStartObject();
                json.WriteNumber("id", ++id);
                json.WriteNumber("image_id", i + 1);
                json.WriteNumber("category_id", categories[frames[i].Model.Labels[found.ClassId]]);
                json.WriteStartArray("bbox");
                json.WriteNumberValue(left);
                json.WriteNumberValue(top);
                json.WriteNumberValue(width);
                json.WriteNumberValue(height);
                json.WriteEndArray();
                json.WriteNumber("area", width * height);
                json.WriteNumber("iscrowd", 0);
                json.WriteNumber("score", found.Score);
                json.WriteString("source", "model");
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static decimal Hundredths(float value) => Math.Round((decimal)value, 2);

    private static string Text(DateTime utc) =>
        utc.ToString(TimeFormat, System.Globalization.CultureInfo.InvariantCulture);
}
