using System.Text;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>
/// Reads and refuses what nobody has sent, before anybody can send something. Code is compiled when it first runs, and the first refusal of a
/// process would otherwise take many times as long as the later ones.
/// </summary>
internal static class Rehearsal
{
    /// <summary>A document with every key.</summary>
    internal static readonly byte[] Allowed = Encoding.UTF8.GetBytes(
        """
        {"v":1,"rev":1,"issued":"2026-01-01T00:00:00Z","by":"rehearsal","profile":"a","cameras":{"b":{"profile":"a"}},
        "profiles":{"a":{"size":416,"score_threshold":0.5,"nms_threshold":0.5,"max_fps":1}},
        "policy":{"settle_s":1,"min_fps":1,"rollback":true,"max_memory_mb":1000}}
        """
    );

    private static readonly byte[] Refused = Encoding.UTF8.GetBytes(
        """{"v":1,"rev":1,"profile":"a","profil":"b"}"""
    );

    /// <summary>Reads documents and commands of both kinds.</summary>
    public static void Run()
    {
        foreach (byte[] document in (byte[][])[Allowed, Refused])
        {
            Read(() => DesiredDocumentReader.Read(document));
            Read(() => CommandReader.ReadProfileSet(document));
            Read(() => CommandReader.ReadPing(document));
        }
    }

    private static void Read(Func<object> read)
    {
        try
        {
            read();
        }
        catch (DocumentRejectedException)
        {
            // That is what was to be rehearsed.
        }
    }
}
