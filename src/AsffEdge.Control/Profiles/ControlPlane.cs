using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Control.Profiles;

/// <summary>Hands what comes in from the broker, one message at a time, to who deals with it.</summary>
public sealed partial class ControlPlane(
    string agent,
    Topics topics,
    MqttLink link,
    ProfileController controller,
    CommandDesk desk,
    ILogger<ControlPlane> logger
) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        controller.Report();
        try
        {
            await foreach (
                InboundMessage message in link
                    .Inbox.ReadAllAsync(stoppingToken)
                    .ConfigureAwait(false)
            )
            {
                await HandleAsync(message, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task HandleAsync(InboundMessage message, CancellationToken ct)
    {
        bool isOurs =
            topics.TryParse(message.Topic, out ParsedTopic topic)
            && (topic.Agent == agent || topic.Group is not null);
        if (!isOurs)
        {
            Log.Unexpected(logger, message.Topic);
        }
        else if (topic.Kind == TopicKind.Command)
        {
            await desk.HandleAsync(topic.Name!, topic.Group, message, ct).ConfigureAwait(false);
        }
        else if (topic is { Kind: TopicKind.Desired, Group: null } && message.Payload.Length > 0)
        {
            await ApplyAsync(message).ConfigureAwait(false);
        }
    }

    private async Task ApplyAsync(InboundMessage message)
    {
        DesiredDocument document;
        try
        {
            document = DesiredDocumentReader.Read(message.Payload);
        }
        catch (DocumentRejectedException rejection)
        {
            controller.Reject(rejection);
            return;
        }

        try
        {
            await controller.ApplyAsync(document, message.Retained).ConfigureAwait(false);
        }
        catch (DocumentRejectedException)
        {
            // The controller has reported it, which is all the answer a desired document gets.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A message on {Topic} is none of this agent's")]
        public static partial void Unexpected(ILogger logger, string topic);
    }
}
