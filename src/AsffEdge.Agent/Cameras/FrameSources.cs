using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Cameras;

/// <summary>Opens what a camera's configuration names.</summary>
public static class FrameSources
{
    /// <summary>Opens the source of a camera.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="shorterSide">Pictures whose shorter side has more pixels are scaled down to this, keeping their shape.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CameraException">It cannot be opened; the message names it.</exception>
    public static IFrameSource Open(CameraOptions camera, int shorterSide, TimeProvider time)
    {
        SourceAddress address;
        try
        {
            address = SourceAddress.Parse(camera.Source);
        }
        catch (FormatException error)
        {
            throw new CameraException(
                CameraState.Error,
                CameraReason.Unsupported,
                error.Message,
                error
            );
        }

        PrivacyMask mask = new(camera.Masks.Values);
        return address.Kind == SourceKind.Rtsp
            ? new FfmpegSource(address, camera.Transport, shorterSide, camera.MaxFps, mask, time)
            : new VideoCaptureSource(
                address,
                camera.Loop,
                camera.RealTime,
                shorterSide,
                camera.MaxFps,
                mask,
                time
            );
    }
}
