using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// MSBuild task, compiled by TorchSharp.targets, which says what it is for: copies an ELF library (64 bit, little endian)
/// and sets the weak flag on every entry of its .gnu.version_r section that needs the given symbol version.
/// Layout: System V ABI, and "Symbol Versioning" in the Linux Standard Base (Elf64_Verneed, Elf64_Vernaux).
/// </summary>
public sealed class MakeSymbolVersionWeak : Task
{
    private const int SectionHeaderSize = 64;
    private const int NeedSize = 16;
    private const int AuxiliarySize = 16;
    private const uint VersionNeededSection = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    [Required]
    public string SymbolVersion { get; set; }

    public override bool Execute()
    {
        try
        {
            byte[] image = File.ReadAllBytes(Source);
            int found = MarkWeak(image, SymbolVersion);
            WriteWhole(image);
            Log.LogMessage(
                MessageImportance.Normal,
                "{0}: {1} need(s) of {2} marked weak, because this system's libstdc++ lacks it.",
                Destination,
                found,
                SymbolVersion
            );
            return true;
        }
        catch (Exception e)
            when (e is IOException || e is UnauthorizedAccessException || e is InvalidDataException)
        {
            Log.LogError(
                "{0}: cannot make the need of {1} weak: {2}",
                Source,
                SymbolVersion,
                e.Message
            );
            return false;
        }
    }

    /// <summary>Changes the image in place; returns how many needs were marked (0: the version is not needed).</summary>
    private static int MarkWeak(byte[] image, string symbolVersion)
    {
        if (image.Length < 64 || UInt32(image, 0) != 0x464c457f || image[4] != 2 || image[5] != 1)
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        long sections = Offset(image, 0x28);
        int sectionSize = UInt16(image, 0x3a);
        int sectionCount = UInt16(image, 0x3c);
        if (sectionSize < SectionHeaderSize)
        {
            throw new InvalidDataException("it has no section headers");
        }

        int found = 0;
        for (int i = 0; i < sectionCount; i++)
        {
            long section = sections + (long)i * sectionSize;
            if (UInt32(image, section + 4) == VersionNeededSection)
            {
                long strings = sections + (long)UInt32(image, section + 40) * sectionSize;
                found += MarkWeak(
                    image,
                    Offset(image, section + 24),
                    UInt32(image, section + 44),
                    Offset(image, strings + 24),
                    symbolVersion
                );
            }
        }
        return found;
    }

    private static int MarkWeak(
        byte[] image,
        long need,
        uint needCount,
        long strings,
        string symbolVersion
    )
    {
        int found = 0;
        for (uint i = 0; i < needCount; i++)
        {
            int auxiliaryCount = UInt16(image, need + 2);
            long auxiliary = need + UInt32(image, need + 8);
            for (int j = 0; j < auxiliaryCount; j++)
            {
                if (IsString(image, strings + UInt32(image, auxiliary + 8), symbolVersion))
                {
                    image[auxiliary + 4] |= (byte)WeakFlag;
                    found++;
                }
                auxiliary += Step(
                    UInt32(image, auxiliary + 12),
                    AuxiliarySize,
                    j + 1 == auxiliaryCount
                );
            }
            need += Step(UInt32(image, need + 12), NeedSize, i + 1 == needCount);
        }
        return found;
    }

    /// <summary>The distance to the next record of a list; a list that ends early or runs into itself is damaged.</summary>
    private static long Step(uint next, int recordSize, bool last)
    {
        if (!last && next < recordSize)
        {
            throw new InvalidDataException("its version needs are damaged");
        }
        return next;
    }

    /// <summary>Writes beside the destination and renames, so that a link there is replaced and never written through.</summary>
    private void WriteWhole(byte[] image)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        string temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, image);
        File.Delete(Destination);
        File.Move(temporary, Destination);
    }

    private static bool IsString(byte[] image, long at, string text)
    {
        Check(image, at, 0);
        long end = at + text.Length;
        return end < image.Length
            && image[end] == 0
            && Encoding.ASCII.GetString(image, (int)at, text.Length) == text;
    }

    private static ushort UInt16(byte[] image, long at)
    {
        Check(image, at, 2);
        return BitConverter.ToUInt16(image, (int)at);
    }

    private static uint UInt32(byte[] image, long at)
    {
        Check(image, at, 4);
        return BitConverter.ToUInt32(image, (int)at);
    }

    private static long Offset(byte[] image, long at)
    {
        Check(image, at, 8);
        long value = BitConverter.ToInt64(image, (int)at);
        Check(image, value, 0);
        return value;
    }

    private static void Check(byte[] image, long at, int length)
    {
        if (at < 0 || at > image.Length - length)
        {
            throw new InvalidDataException(
                "offset " + at + " lies outside its " + image.Length + " bytes"
            );
        }
    }
}
