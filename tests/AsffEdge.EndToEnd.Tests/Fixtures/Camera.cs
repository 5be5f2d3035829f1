using AsffEdge.Agent.Tests.Cameras;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>A network camera: an RTSP server that plays an mp4 file in real time, from the start for every client.</summary>
internal sealed class Camera : IDisposable
{
    private readonly string _pipeline;
    private readonly int _port;
    private RtspServer _server;

    public Camera(string id, string file)
    {
        Id = id;
        _pipeline =
            $"( filesrc location={file} ! qtdemux ! h264parse ! rtph264pay name=pay0 config-interval=-1 )";
        _server = new RtspServer(_pipeline);
        _port = _server.Port;
    }

    /// <summary>Its id in the agent's configuration.</summary>
    public string Id { get; }

    public string Address => _server.Address;

    /// <summary>Goes away, as a camera that loses power.</summary>
    public void Stop() => _server.Dispose();

    /// <summary>Comes back at the same address.</summary>
    public void Restart()
    {
        Stop();
        _server = new RtspServer(_pipeline, _port);
    }

    public void Dispose() => _server.Dispose();
}
