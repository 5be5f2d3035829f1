using AsffEdge.Agent.Tests.Cameras;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>A network camera: an RTSP server that plays an mp4 file in real time, from the start for every client.</summary>
internal sealed class Camera : IDisposable
{
    private readonly int _port;
    private string _file;
    private RtspServer _server;

    public Camera(string id, string file)
    {
        Id = id;
        _file = file;
        _server = new RtspServer(Pipeline);
        _port = _server.Port;
    }

    /// <summary>Its id in the agent's configuration.</summary>
    public string Id { get; }

    public string Address => _server.Address;

    /// <summary>Goes away, as a camera that loses power.</summary>
    public void Stop() => _server.Dispose();

    private string Pipeline =>
        $"( filesrc location={_file} ! qtdemux ! h264parse ! rtph264pay name=pay0 config-interval=-1 )";

    /// <summary>Comes back at the same address, with another video if one is named.</summary>
    public void Restart(string? file = null)
    {
        Stop();
        _file = file ?? _file;
        _server = new RtspServer(Pipeline, _port);
    }

    public void Dispose() => _server.Dispose();
}
