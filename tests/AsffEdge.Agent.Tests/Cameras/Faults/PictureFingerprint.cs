using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>Tells pictures apart: equal ones have equal fingerprints.</summary>
internal static class PictureFingerprint
{
    /// <summary>Those of every picture that a server without faults serves.</summary>
    public static HashSet<ulong> AllOf(FaultRtspServer server)
    {
        using WatchedCamera camera = new(server.Address);
        HashSet<ulong> whole = [];
        while (whole.Count < server.Video.Pictures.Count)
        {
            whole.Add(Of(camera.Next().Picture));
            Assert.InRange(camera.Reader.Decoded, 0, 1000);
        }

        return whole;
    }

    /// <summary>The fingerprint of a picture (FNV-1a over its pixels).</summary>
    public static unsafe ulong Of(Mat picture)
    {
        ulong hash = 14695981039346656037;
        foreach (
            byte value in new ReadOnlySpan<byte>(
                (void*)picture.Data,
                (int)(picture.Total() * picture.ElemSize())
            )
        )
        {
            hash = (hash ^ value) * 1099511628211;
        }

        return hash;
    }
}
