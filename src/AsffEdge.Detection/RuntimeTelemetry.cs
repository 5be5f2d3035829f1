using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AsffEdge.Detection;

/// <summary>
/// Keeps ONNX Runtime from reporting to its maker. Since 1.29 its Linux builds send what models are loaded and how they run unless they find
/// this variable when they start; a device beside cameras tells nobody anything but its broker.
/// </summary>
internal static partial class RuntimeTelemetry
{
    // Before anything of this library is used, and so before ONNX Runtime starts. It reads the variables of the C library, which
    // Environment.SetEnvironmentVariable does not write.
#pragma warning disable CA2255 // a library has no other place that comes first
    [ModuleInitializer]
    internal static void SwitchOff()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetVariable("ORT_DISABLE_TELEMETRY", "1", overwrite: 1);
        }
    }
#pragma warning restore CA2255

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
