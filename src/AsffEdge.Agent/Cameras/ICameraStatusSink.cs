namespace AsffEdge.Agent.Cameras;

/// <summary>Is told when a camera's state changes.</summary>
public interface ICameraStatusSink
{
    /// <summary>Called from the camera's own thread; must not block.</summary>
    void OnStatus(int cameraIndex, string cameraId, CameraStatus status);
}
