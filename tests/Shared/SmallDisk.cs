using System.ComponentModel;
using System.Diagnostics;

namespace AsffEdge.Tests;

/// <summary>A real disk of a few megabytes, in memory, mounted on a folder of its own.</summary>
internal sealed class SmallDisk : IDisposable
{
    /// <summary>Why a test without one is skipped.</summary>
    public const string Needs = "needs the right to mount a file system (root)";

    private readonly TemporaryFolder _folder = new();

    public SmallDisk(int megabytes) =>
        IsMounted = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _folder.Path);

    /// <summary>Whether there is one.</summary>
    public bool IsMounted { get; }

    public string Path => _folder.Path;

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Fills it with a foreign file.</summary>
    public void Fill(int leaveMb) => Fill(leaveBytes: (long)leaveMb << 20);

    /// <summary>Fills it with a foreign file.</summary>
    public void Fill(long leaveBytes)
    {
        using FileStream file = File.Create(Ballast);
        byte[] page = new byte[4096];
        for (
            long free = new DriveInfo(Path).AvailableFreeSpace;
            free - page.Length >= leaveBytes;
            free -= page.Length
        )
        {
            try
            {
                file.Write(page);
            }
            catch (IOException)
            {
                return; // somebody else has written meanwhile, so there is less room than was asked for
            }
        }
    }

    /// <summary>Removes the foreign file.</summary>
    public void Free() => File.Delete(Ballast);

    /// <summary>Makes it larger.</summary>
    public void Grow(int megabytes) => Remount($"size={megabytes}m");

    /// <summary>Takes or gives the right to write to it.</summary>
    public void Remount(string option) =>
        Assert.True(Run("mount", "-o", $"remount,{option}", Path), $"mount -o remount,{option}");

    public void Dispose()
    {
        if (IsMounted)
        {
            Run("umount", "--lazy", Path);
        }

        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
            )!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
