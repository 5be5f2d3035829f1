namespace AsffEdge.Detection;

/// <summary>What a model file says of itself, read without ONNX Runtime: whole, sealed, with a manifest that can be used. Nothing of a file that fails here reaches the runtime.</summary>
public sealed class ModelContent
{
    private ModelContent() { }

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether it carries a checksum of its own, which then holds.</summary>
    public required bool IsSealed { get; init; }

    /// <summary>Its manifest.</summary>
    public required ModelManifest Manifest { get; init; }

    /// <summary>Its golden picture; null: it carries none.</summary>
    public required GoldenPicture? Golden { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelException">It is missing, damaged, something else, or has no manifest that this version can use.</exception>
    public static ModelContent Read(string path)
    {
        try
        {
            FileInfo info = new(path);
            if (Directory.Exists(path))
            {
                throw Fault(path, ModelFault.NotAFile, "is a folder; expected an ONNX file");
            }

            // A pipe or a device has no length either, and to open one could block for ever.
            if (info.Exists && info.Length == 0)
            {
                throw Fault(
                    path,
                    ModelFault.Empty,
                    "is empty, or no plain file; expected an ONNX file"
                );
            }

            using FileStream file = File.OpenRead(path);
            return Read(path, file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Fault(path, ModelFault.Missing, "does not exist", error);
        }
        catch (EndOfStreamException error)
        {
            throw Fault(path, ModelFault.Truncated, Unloadable(error.Message), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Fault(path, ModelFault.Unreadable, $"cannot be read: {error.Message}", error);
        }
    }

    private static ModelContent Read(string path, FileStream file)
    {
        if (file.Length > OnnxEnvelope.LargestFile)
        {
            throw Fault(
                path,
                ModelFault.TooLarge,
                $"has {file.Length} bytes; allowed: up to {OnnxEnvelope.LargestFile}, the most that ONNX can hold in one file"
            );
        }

        OnnxEnvelope envelope;
        try
        {
            envelope = OnnxEnvelope.Read(file);
        }
        catch (FormatException error)
        {
            throw Fault(path, ModelFault.NotOnnx, Unloadable(error.Message), error);
        }

        (string sha256, string content) = ModelSeal.Hash(file, envelope);
        string? seal = envelope.Metadata(ModelSeal.MetadataKey);
        if (seal is not null && seal != content)
        {
            throw Fault(
                path,
                ModelFault.Damaged,
                $"is damaged: its bytes have the SHA-256 {content}, its own checksum (metadata_props key '{ModelSeal.MetadataKey}') is '{seal}'; expected equal ones"
            );
        }

        ModelManifest manifest = ReadManifest(path, envelope);
        return new ModelContent
        {
            Path = path,
            Length = file.Length,
            Sha256 = sha256,
            IsSealed = seal is not null,
            Manifest = manifest,
            Golden = ReadGolden(path, envelope, manifest),
        };
    }

    private static ModelManifest ReadManifest(string path, OnnxEnvelope envelope)
    {
        string json =
            envelope.Metadata(ModelManifest.MetadataKey)
            ?? throw Fault(
                path,
                ModelFault.NoManifest,
                $"has no manifest (metadata_props key '{ModelManifest.MetadataKey}'); expected a file written by 'asff-train export'"
            );
        try
        {
            return ModelManifest.Parse(json);
        }
        catch (FormatException error)
        {
            throw Fault(
                path,
                ModelFault.BadManifest,
                $"cannot be used: metadata_props key '{ModelManifest.MetadataKey}': {error.Message}",
                error
            );
        }
    }

    private static GoldenPicture? ReadGolden(
        string path,
        OnnxEnvelope envelope,
        ModelManifest manifest
    )
    {
        if (envelope.Metadata(GoldenPicture.MetadataKey) is not { } json)
        {
            return null;
        }

        try
        {
            return GoldenPicture.Parse(json, manifest);
        }
        catch (FormatException error)
        {
            throw Fault(
                path,
                ModelFault.BadGolden,
                $"cannot be used: metadata_props key '{GoldenPicture.MetadataKey}': {error.Message}",
                error
            );
        }
    }

    private static string Unloadable(string why) =>
        $"cannot be loaded; expected an ONNX file, whole: {why}";

    private static ModelException Fault(
        string path,
        ModelFault fault,
        string what,
        Exception? cause = null
    ) => new(fault, $"model '{path}' {what}", cause);
}
