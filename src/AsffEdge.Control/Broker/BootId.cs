using System.Security.Cryptography;

namespace AsffEdge.Control.Broker;

/// <summary>Random per process, so that consumers see a restart.</summary>
/// <param name="Value">Six hexadecimal digits.</param>
/// <param name="Started">When the process started, UTC.</param>
public sealed record BootId(string Value, DateTime Started)
{
    /// <summary>A new one.</summary>
    public static BootId New(TimeProvider time) =>
        new(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3)),
            time.GetUtcNow().UtcDateTime
        );
}
