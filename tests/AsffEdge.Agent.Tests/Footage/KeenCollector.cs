using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Footage;

/// <summary>An agent that keeps frames as fast as it may, of a clip in which no picture is like another.</summary>
internal static class KeenCollector
{
    /// <summary>Its settings.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="video">Where its clip is written.</param>
    /// <param name="round">The clip's number: its pictures are not like those of another one either.</param>
    public static IReadOnlyList<string> Settings(string state, TestVideo video, int round) =>
        [
            $"state_directory={state}",
            $"cameras.0.source={NewClip(video, round)}",
            "footage.enabled=true",
            "footage.min_gap_s=0.04",
            "footage.near_duplicate_bits=0",
            "footage.policies.interval.share=1",
            "footage.policies.interval.every_s=0.1",
            "footage.budget.mb_per_day=1000000",
            "footage.budget.min_free_mb=128",
        ];

    private static string NewClip(TestVideo video, int round)
    {
        string path = video.PathOf($"{round}.avi");
        using VideoWriter writer = new(path, FourCC.MJPG, 25, new Size(320, 320));
        for (int frame = 0; frame < 60; frame++)
        {
            using Mat picture = WriterFixture.Picture((round * 1000) + frame, 320, 320);
            writer.Write(picture);
        }

        return path;
    }
}
