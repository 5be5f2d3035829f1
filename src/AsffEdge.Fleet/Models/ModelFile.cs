using System.Security.Cryptography;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Models;

/// <summary>A model's file as a roll-out needs it: its hash and its size, wherever it is.</summary>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Path">Where it is on this machine; null: at <paramref name="Url"/>.</param>
/// <param name="Url">Where agents fetch it; null: from the broker.</param>
internal sealed record ModelFile(string Sha256, long Size, string? Path, Uri? Url)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);

    /// <summary>Whether <paramref name="source"/> is an address rather than the path of a file.</summary>
    public static bool IsUrl(string source, out Uri? url) =>
        Uri.TryCreate(source, UriKind.Absolute, out url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    /// <summary>Reads a file, or what is at an address, to its end.</summary>
    /// <exception cref="FleetException">It cannot be read, is empty or larger than a model may be.</exception>
    public static async Task<ModelFile> ReadAsync(string source, CancellationToken ct)
    {
        try
        {
            if (!IsUrl(source, out Uri? url))
            {
                await using FileStream file = File.OpenRead(source);
                return await HashAsync(file, source, source, null, ct).ConfigureAwait(false);
            }

            using HttpClient http = new() { Timeout = AnswerWithin };
            await using Stream body = await http.GetStreamAsync(url, ct).ConfigureAwait(false);
            return await HashAsync(body, source, null, url, ct).ConfigureAwait(false);
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or HttpRequestException
                        or TaskCanceledException
                && !ct.IsCancellationRequested
            )
        {
            throw new FleetException($"{source} cannot be read: {error.Message}");
        }
    }

    private static async Task<ModelFile> HashAsync(
        Stream stream,
        string source,
        string? path,
        Uri? url,
        CancellationToken ct
    )
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 17];
        long size = 0;
        while (await stream.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and int count)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            size += count;
            if (size > ModelStageCommand.MaxBytes)
            {
                break;
            }
        }

        return size is > 0 and <= ModelStageCommand.MaxBytes
            ? new ModelFile(Convert.ToHexStringLower(hash.GetHashAndReset()), size, path, url)
            : throw new FleetException(
                size == 0
                    ? $"{source} is empty"
                    : $"{source} has more than {ModelStageCommand.MaxBytes} bytes, which no model may have"
            );
    }
}
