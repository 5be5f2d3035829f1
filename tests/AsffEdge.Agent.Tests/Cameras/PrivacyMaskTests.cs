using System.Globalization;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tests.Cameras.Faults;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class PrivacyMaskTests
{
    private static readonly MaskOptions LeftHalf = new(["0 0", "0.5 0", "0.5 1", "0 1"]);
    private static readonly MaskOptions Corner = new(["0.8 0.8", "1 0.8", "1 1"]);

    [Fact]
    public void Every_pixel_that_the_mask_touches_is_black_and_none_far_from_it()
    {
        var random = new Random(3);
        for (int round = 0; round < 60; round++)
        {
            string[] corners =
            [
                .. Enumerable
                    .Range(0, random.Next(3, 9))
                    .Select(_ =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{random.NextDouble():0.####} {random.NextDouble():0.####}"
                        )
                    ),
            ];
            using var picture = new Mat(
                random.Next(1, 60),
                random.Next(1, 90),
                MatType.CV_8UC3,
                Scalar.White
            );

            new PrivacyMask([new MaskOptions(corners)]).Apply(picture);

            AssertMasked(picture, Polygon.Of(corners), string.Join(", ", corners));
        }
    }

    [Fact]
    public void Masks_that_overlap_are_both_black_and_a_new_size_gets_masks_of_its_own()
    {
        PrivacyMask mask = new([LeftHalf, new MaskOptions(["0.2 0", "0.7 0", "0.7 1", "0.2 1"])]);
        foreach (Size size in new[] { new Size(100, 10), new Size(20, 40), new Size(1, 1) })
        {
            using var picture = new Mat(size, MatType.CV_8UC3, Scalar.White);

            mask.Apply(picture);

            Assert.Equal(0, picture.Get<Vec3b>(0, (int)(size.Width * 0.69)).Item0);
            if (size.Width > 1)
            {
                Assert.Equal(255, picture.Get<Vec3b>(0, size.Width - 1).Item0);
            }
        }
    }

    [Fact]
    public void A_frame_costs_nothing_on_the_managed_heap()
    {
        PrivacyMask mask = new([LeftHalf, Corner]);
        using var picture = new Mat(800, 1422, MatType.CV_8UC3, Scalar.White);
        mask.Apply(picture);

        long before = ThreadAllocations.SoFar();
        for (int i = 0; i < 100; i++)
        {
            mask.Apply(picture);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void No_masked_pixel_of_a_file_leaves_its_source()
    {
        using TestVideo videos = new();
        foreach (int shorterSide in new[] { 800, 30 })
        {
            using var source = new VideoCaptureSource(
                SourceAddress.Parse(videos.Write("clip.avi", 12, 160, 90)),
                loop: false,
                realTime: false,
                shorterSide,
                maxFps: null,
                new PrivacyMask([LeftHalf, Corner]),
                TimeProvider.System
            );
            using CapturedFrame frame = new();
            for (int k = 0; k < 12; k++)
            {
                Assert.True(source.Read(frame));
                AssertHalfBlack(frame.Picture);
            }
        }
    }

    [Fact]
    [Trait("Category", "System")]
    public void No_masked_pixel_of_a_stream_leaves_its_source_not_even_when_its_size_changes()
    {
        using FaultRtspServer server = new();
        using WatchedCamera camera = new(server.Address, masks: [LeftHalf, Corner]);
        for (int k = 0; k < 20; k++)
        {
            AssertHalfBlack(camera.Next().Picture);
        }

        server.Video = EncodedVideo.Moving(180, 320);
        bool isNew = false;
        for (int k = 0; k < 200 && !isNew; k++)
        {
            CapturedFrame frame = camera.Next();
            AssertHalfBlack(frame.Picture);
            isNew = frame.SourceWidth == 180;
        }

        Assert.True(isNew);
    }

    private static void AssertHalfBlack(Mat picture)
    {
        using Mat left = picture[new Rect(0, 0, picture.Width / 2, picture.Height)];
        Assert.Equal(Scalar.Black, Cv2.Sum(left));
        Assert.Equal(0, picture.Get<Vec3b>(picture.Height - 1, picture.Width - 1).Item0);
        using Mat right = picture[
            new Rect((picture.Width / 2) + 4, 0, picture.Width / 4, picture.Height / 2)
        ];
        Assert.True(Cv2.Mean(right).Val0 + Cv2.Mean(right).Val1 + Cv2.Mean(right).Val2 > 5);
    }

    private static void AssertMasked(Mat picture, Polygon polygon, string corners)
    {
        Size size = picture.Size();
        for (int y = 0; y < size.Height; y++)
        {
            for (int x = 0; x < size.Width; x++)
            {
                string where = $"({x}, {y}) of {size.Width}×{size.Height}, {corners}";
                bool isBlack = picture.Get<Vec3b>(y, x) == new Vec3b(0, 0, 0);
                if (Touches(size, polygon, x, y))
                {
                    Assert.True(isBlack, $"the mask does not cover {where}");
                }
                else if (!IsNear(size, polygon, x, y))
                {
                    Assert.False(isBlack, $"the mask covers {where}");
                }
            }
        }
    }

    /// <summary>Whether one of a grid of points of a pixel lies in the polygon.</summary>
    private static bool Touches(Size picture, Polygon polygon, int x, int y)
    {
        for (double dy = 0; dy <= 1; dy += 0.125)
        {
            for (double dx = 0; dx <= 1; dx += 0.125)
            {
                float left = (float)((x + dx) / picture.Width);
                if (polygon.Contains(left, (float)((y + dy) / picture.Height)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a pixel has an edge of the polygon within three pixels.</summary>
    private static bool IsNear(Size picture, Polygon polygon, int x, int y)
    {
        var middle = new Point2d(x + 0.5, y + 0.5);
        Point2d[] corners =
        [
            .. polygon.Corners.Select(corner => new Point2d(
                corner.X * picture.Width,
                corner.Y * picture.Height
            )),
        ];
        return corners
            .Where((to, i) => Distance(middle, corners[(i + 1) % corners.Length], to) <= 3)
            .Any();
    }

    private static double Distance(Point2d point, Point2d from, Point2d to)
    {
        Point2d along = to - from;
        double length = along.DotProduct(along);
        double part = length == 0 ? 0 : Math.Clamp((point - from).DotProduct(along) / length, 0, 1);
        return point.DistanceTo(from + (along * part));
    }
}
