using System.Globalization;
using System.Text;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Publishing;

/// <summary>How many objects of each class a camera sees, retained, told when it changes. A class that was never seen has no number.</summary>
internal sealed class CountBoard
{
    private readonly TrackingSink _tracking;
    private readonly DiskOutbox _outbox;
    private readonly RetainedBoard _board;
    private readonly string[][] _topics;
    private readonly int?[][] _told;

    /// <param name="configuration">The agent and its cameras.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="labels">The model's classes.</param>
    /// <param name="tracking">Counts.</param>
    /// <param name="outbox">Remembers what was told over restarts.</param>
    /// <param name="board">Takes the numbers.</param>
    public CountBoard(
        AgentConfiguration configuration,
        Topics topics,
        IReadOnlyList<string> labels,
        TrackingSink tracking,
        DiskOutbox outbox,
        RetainedBoard board
    )
    {
        _tracking = tracking;
        _outbox = outbox;
        _board = board;
        IReadOnlyList<ClassTopic> classes = ClassTopic.Of(labels);
        _topics =
        [
            .. configuration.Cameras.Select(camera =>
                (string[])
                    [
                        .. classes.Select(name =>
                            topics.Count(configuration.Agent.Id, camera.Id, name.Id)
                        ),
                    ]
            ),
        ];
        _told = [.. _topics.Select(camera => new int?[camera.Length])];
    }

    /// <summary>Takes back what an earlier process may have left at the broker when it was killed.</summary>
    public void ClearEarlier()
    {
        foreach (string topic in _outbox.Counts())
        {
            Set(topic, 0);
        }
    }

    /// <summary>Tells what has changed.</summary>
    public void Publish()
    {
        for (int camera = 0; camera < _topics.Length; camera++)
        {
            for (int classId = 0; classId < _topics[camera].Length; classId++)
            {
                int count = _tracking.Cameras[camera].CountOf(classId);
                ref int? told = ref _told[camera][classId];
                if (count != (told ?? 0))
                {
                    if (told is null)
                    {
                        _outbox.RememberCount(_topics[camera][classId]);
                    }

                    told = count;
                    Set(_topics[camera][classId], count);
                }
            }
        }
    }

    private void Set(string topic, int count) =>
        _board.Set(topic, Encoding.UTF8.GetBytes(count.ToString(CultureInfo.InvariantCulture)));
}
