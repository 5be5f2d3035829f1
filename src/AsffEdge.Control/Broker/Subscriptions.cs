using AsffEdge.Messaging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>What an agent listens to.</summary>
internal static class Subscriptions
{
    /// <summary>The agent's own documents and commands, those of its groups, and <paramref name="moreTopics"/>.</summary>
    public static MqttClientSubscribeOptions Build(
        LinkOptions options,
        Topics topics,
        IEnumerable<string> moreTopics
    )
    {
        MqttClientSubscribeOptionsBuilder filters = new();
        Add(topics.Desired(options.Agent), topics.Command(options.Agent, "+"));
        foreach (string group in options.Groups)
        {
            Add(topics.GroupDesired(group), topics.GroupCommand(group, "+"));
        }

        return AddTo(filters, moreTopics).Build();

        void Add(string desired, string commands) =>
            filters
                .WithTopicFilter(desired, MqttQualityOfServiceLevel.AtLeastOnce)
                // As published: so that a command that somebody retains is seen to be retained the first time already.
                .WithTopicFilter(
                    commands,
                    MqttQualityOfServiceLevel.AtLeastOnce,
                    retainAsPublished: ClientOptions.IsVersion5(options.Broker)
                );
    }

    /// <summary>Other topics.</summary>
    public static MqttClientSubscribeOptions Build(IEnumerable<string> topics) =>
        AddTo(new MqttClientSubscribeOptionsBuilder(), topics).Build();

    private static MqttClientSubscribeOptionsBuilder AddTo(
        MqttClientSubscribeOptionsBuilder filters,
        IEnumerable<string> topics
    )
    {
        foreach (string topic in topics)
        {
            filters.WithTopicFilter(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        return filters;
    }
}
