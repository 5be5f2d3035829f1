using System.Net;
using System.Text.Json;
using AsffEdge.Agent.Tests.Telemetry;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Web;

/// <summary>Asks an agent on this machine.</summary>
internal sealed class AgentWeb(int port) : IDisposable
{
    private readonly HttpClient _http = new()
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = TimeSpan.FromSeconds(10),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Asks for a path.</summary>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(
            new Uri(path, UriKind.Relative),
            Ct
        );
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>What <c>/metrics</c> gives.</summary>
    public async Task<PrometheusText> ScrapeAsync()
    {
        (HttpStatusCode status, string body) = await GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        return new PrometheusText(body);
    }

    /// <summary>Asks for the health until it is as wanted.</summary>
    public async Task<(HttpStatusCode Status, HealthMessage Health)> WaitAsync(
        Func<HealthMessage, bool> wanted,
        Func<string> otherwise,
        double seconds = 60
    )
    {
        string last = "no answer";
        for (
            long start = Environment.TickCount64;
            Environment.TickCount64 - start < seconds * 1000;

        )
        {
            try
            {
                (HttpStatusCode status, last) = await GetAsync("/healthz");
                HealthMessage health = JsonSerializer.Deserialize(
                    last,
                    MessageJson.Wire.HealthMessage
                )!;
                if (wanted(health))
                {
                    return (status, health);
                }
            }
            catch (HttpRequestException error)
            {
                last = error.Message;
            }

            await Task.Delay(50, Ct);
        }

        Assert.Fail($"not as wanted within {seconds} s; last: {last}\n{otherwise()}");
        return default;
    }

    public void Dispose() => _http.Dispose();
}
