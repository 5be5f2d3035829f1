using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Commands;

/// <summary>Footage on disk of which there is always more to send: 16 pictures of 250 kB, about what a camera's Full HD picture has as a JPEG.</summary>
internal sealed class FootageBacklog
{
    private const int Pictures = 16;
    private const string Camera = "backlog";

    // Nobody looks into them, but they do not compress.
    private readonly byte[] _picture = new byte[250_000];
    private readonly string _root;

    /// <summary>Writes them.</summary>
    /// <param name="stateDirectory">Where the agent whose footage it is keeps its state.</param>
    /// <param name="agent">The agent's id.</param>
    /// <param name="budget">How much it may keep.</param>
    public FootageBacklog(string stateDirectory, string agent, FootageBudgetOptions budget)
    {
        Random.Shared.NextBytes(_picture);
        _root = FootageStore.RootOf(stateDirectory);
        FootageStore store = new(
            _root,
            agent,
            budget,
            TimeProvider.System,
            NullLogger<FootageStore>.Instance
        );
        store.Open();
        ModelEntry model = new("benchmark", "1", new string('0', 64), []);

        // A day of which all pictures are sent is removed once it is over, and this one must not be.
        DateTime tomorrow = DateTime.UtcNow.Date.AddDays(1);
        for (int picture = 0; picture < Pictures; picture++)
        {
            DateTime captured = tomorrow.AddSeconds(picture);
            store.Add(
                Camera,
                model,
                new FrameEntry
                {
                    File = FootageDay.PictureName(captured),
                    Size = _picture.Length,
                    Width = 1920,
                    Height = 1080,
                    Captured = captured,
                    Policy = "interval",
                    Profile = "benchmark",
                    InputSize = 416,
                    ScoreThreshold = 0.5f,
                    Dhash = new string('0', 64),
                    Objects = [],
                },
                _picture
            );
        }
    }

    /// <summary>Brings back those that were sent. Their lines are still in the journal.</summary>
    public void Refill()
    {
        foreach (
            StoredFrame frame in FootageDay
                .All(_root)
                .SelectMany(day => day.Told())
                .Where(frame => !File.Exists(frame.Path))
        )
        {
            File.WriteAllBytes(frame.Path, _picture);
        }
    }
}
