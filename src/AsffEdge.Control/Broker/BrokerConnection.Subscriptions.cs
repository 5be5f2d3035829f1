using Microsoft.Extensions.Logging;
using MQTTnet;

namespace AsffEdge.Control.Broker;

/// <content>What it listens to.</content>
internal sealed partial class BrokerConnection
{
    /// <summary>Subscribes to more topics.</summary>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public Task SubscribeAsync(IEnumerable<string> topics, CancellationToken ct) =>
        SubscribeAsync(Subscriptions.Build(topics), ct);

    /// <summary>Hears of topics no more.</summary>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public Task UnsubscribeAsync(IReadOnlyCollection<string> topics, CancellationToken ct) =>
        Deadline.RunAsync(
            within =>
                _client.UnsubscribeAsync(
                    new MqttClientUnsubscribeOptions { TopicFilters = [.. topics] },
                    within
                ),
            _time,
            ct
        );

    private async Task SubscribeAsync(MqttClientSubscribeOptions filters, CancellationToken ct)
    {
        MqttClientSubscribeResult result = await Deadline
            .RunAsync(within => _client.SubscribeAsync(filters, within), _time, ct)
            .ConfigureAwait(false);
        foreach (MqttClientSubscribeResultItem item in result.Items)
        {
            if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                Log.NotSubscribed(_logger, item.TopicFilter.Topic, item.ResultCode);
            }
        }
    }
}
