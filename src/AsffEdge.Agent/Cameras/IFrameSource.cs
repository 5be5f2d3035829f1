namespace AsffEdge.Agent.Cameras;

/// <summary>
/// One open connection to a camera or file, used by one thread: opened, read until it ends or fails, disposed of.
/// </summary>
public interface IFrameSource : IDisposable
{
    /// <summary>
    /// Whether frames come by themselves. A source that does not live (a file played as fast as it decodes) waits for its
    /// consumer, so that no frame of it is lost.
    /// </summary>
    bool IsLive { get; }

    /// <summary>Whether it is a camera, whose picture never stays the same to the last bit, as a file's may.</summary>
    bool IsCamera { get; }

    /// <summary>Decoding errors seen on this connection.</summary>
    long DecodeErrors { get; }

    /// <summary>
    /// Waits for the next new frame and writes it into <paramref name="frame"/> (all but stream and number).
    /// </summary>
    /// <returns>False when the source has ended for good, or was cancelled.</returns>
    /// <exception cref="CameraException">No frame will come any more on this connection.</exception>
    bool Read(CapturedFrame frame);

    /// <summary>From any thread: makes a waiting <see cref="Read"/> return soon.</summary>
    void Cancel();
}
