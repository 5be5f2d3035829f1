using System.Buffers;
using System.Text.Json;
using AsffEdge.Messaging;
using MQTTnet;

namespace AsffEdge.Fleet.State;

/// <summary>
/// What the broker says of all agents and groups, kept up to date. A message costs one parse and one small copy; who looks on takes
/// immutable snapshots. Thread-safe.
/// </summary>
internal sealed class FleetState(Topics topics)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FleetAgent> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DesiredDocument> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unreadable = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>An agent has changed; raised in the order of the messages.</summary>
    public event Action<FleetAgent>? Changed;

    /// <summary>Grows with every change.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>All agents, by id.</summary>
    public IReadOnlyList<FleetAgent> Agents
    {
        get
        {
            lock (_lock)
            {
                return [.. _agents.Values.OrderBy(agent => agent.Id, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The groups' desired documents, by group.</summary>
    public IReadOnlyDictionary<string, DesiredDocument> Groups
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, DesiredDocument>(_groups, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Topics whose newest message could not be read, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unreadable
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, string>(_unreadable, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The agent with this id, or null.</summary>
    public FleetAgent? Find(string agent)
    {
        lock (_lock)
        {
            return _agents.GetValueOrDefault(agent);
        }
    }

    /// <summary>Takes a message of any topic.</summary>
    public void Take(MqttApplicationMessage message)
    {
        if (!topics.TryParse(message.Topic, out ParsedTopic topic))
        {
            return;
        }

        FleetAgent? changed;
        lock (_lock)
        {
            try
            {
                changed = topic.Group is { } group
                    ? TakeGroup(group, topic.Kind, message.Payload)
                    : TakeAgent(topic, message.Payload);
                _unreadable.Remove(message.Topic);
            }
            catch (JsonException error)
            {
                // A newer version may say what this one does not know: what was known before is then out of date.
                _unreadable[message.Topic] = error.Message;
                changed = topic.Group is null ? TakeAgent(topic, default) : null;
            }

            _version++;
        }

        if (changed is not null)
        {
            Changed?.Invoke(changed);
        }
    }

    private static T? Read<T>(ReadOnlySequence<byte> payload)
        where T : class
    {
        if (payload.IsEmpty)
        {
            return null; // a retained message that was removed
        }

        return WholeJson.Read<T>(payload);
    }

    private FleetAgent? TakeGroup(string group, TopicKind kind, ReadOnlySequence<byte> payload)
    {
        if (kind == TopicKind.Desired)
        {
            if (Read<DesiredDocument>(payload) is { } document)
            {
                _groups[group] = document;
            }
            else
            {
                _groups.Remove(group);
            }
        }

        return null;
    }

    private FleetAgent? TakeAgent(ParsedTopic topic, ReadOnlySequence<byte> payload)
    {
        FleetAgent agent = _agents.GetValueOrDefault(topic.Agent) ?? new FleetAgent(topic.Agent);
        FleetAgent? changed = topic.Kind switch
        {
            TopicKind.Status => agent with { Status = Read<StatusMessage>(payload) },
            TopicKind.Info => agent with { Info = Read<InfoMessage>(payload) },
            TopicKind.Reported => agent with { Reported = Read<ReportedDocument>(payload) },
            TopicKind.Desired => agent with { Desired = Read<DesiredDocument>(payload) },
            TopicKind.Models => agent with { Models = Read<ModelsMessage>(payload) },
            TopicKind.Health => agent with { Health = Read<HealthMessage>(payload) },
            TopicKind.CameraStatus => agent with
            {
                Cameras = Read<CameraStatusMessage>(payload) is { } camera
                    ? agent.Cameras.SetItem(topic.Name!, camera)
                    : agent.Cameras.Remove(topic.Name!),
            },
            _ => null,
        };
        if (changed is { IsForgotten: true })
        {
            _agents.Remove(topic.Agent);
        }
        else if (changed is not null)
        {
            _agents[topic.Agent] = changed;
        }

        return changed;
    }
}
