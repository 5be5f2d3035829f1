using System.Text;
using Microsoft.AspNetCore.Http;

namespace AsffEdge.Agent.Tests.Telemetry;

/// <summary>An <c>ExportMetricsServiceRequest</c> (opentelemetry-proto, metrics/v1), read field by field.</summary>
internal sealed class OtlpReport
{
    private readonly Dictionary<string, string> _units = [];
    private readonly Dictionary<string, string> _resource = [];

    public OtlpReport(HttpRequest request, byte[] message)
    {
        Path = request.Path;
        Headers = request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString()
        );
        foreach (ReadOnlyMemory<byte> resourceMetrics in Fields(message, 1))
        {
            foreach (
                ReadOnlyMemory<byte> attribute in Fields(resourceMetrics, 1)
                    .SelectMany(resource => Fields(resource, 1))
            )
            {
                _resource[Text(attribute, 1)] = Text(Fields(attribute, 2).Single(), 1);
            }

            foreach (
                ReadOnlyMemory<byte> metric in Fields(resourceMetrics, 2)
                    .SelectMany(scope => Fields(scope, 2))
            )
            {
                _units.Add(Text(metric, 1), Text(metric, 3));
            }
        }
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Units by metric.</summary>
    public IReadOnlyDictionary<string, string> Units => _units;

    /// <summary>Attributes of who reports.</summary>
    public IReadOnlyDictionary<string, string> Resource => _resource;

    private static string Text(ReadOnlyMemory<byte> message, int field) =>
        Encoding.UTF8.GetString(Fields(message, field).FirstOrDefault().Span);

    /// <summary>The length-delimited fields of a number.</summary>
    private static List<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int number)
    {
        List<ReadOnlyMemory<byte>> found = [];
        int at = 0;
        while (at < message.Length)
        {
            ulong tag = Varint(message.Span, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message.Span, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(message.Span, ref at);
                    if ((int)(tag >> 3) == number)
                    {
                        found.Add(message.Slice(at, length));
                    }

                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new FormatException($"wire type {tag & 7}");
            }
        }

        return at == message.Length ? found : throw new FormatException("cut off");
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
