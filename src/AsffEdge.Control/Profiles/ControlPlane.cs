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
    IReadOnlyList<string> groups,
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
        Rehearsal.Run();
        controller.Start();
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

    /// <summary>Deals with one message, from whoever may write to the agent's topics. Completes when the next may be dealt with.</summary>
    internal async Task HandleAsync(InboundMessage message, CancellationToken ct)
    {
        bool isOurs =
            topics.TryParse(message.Topic, out ParsedTopic topic)
            && (topic.Group is { } group ? groups.Contains(group) : topic.Agent == agent);
        if (!isOurs)
        {
            Log.Unexpected(logger, message.Topic);
        }
        else if (topic.Kind == TopicKind.Command)
        {
            await desk.HandleAsync(topic.Name!, topic.Group, message, ct).ConfigureAwait(false);
        }
        // A cleared retained message is no document: what it was holds on.
        else if (topic.Kind == TopicKind.Desired && message.Payload.Length > 0)
        {
            Submit(
                topic.Group is null ? DocumentSource.Agent : DocumentSource.Group(topic.Group),
                message
            );
        }
    }

    private void Submit(string source, InboundMessage message)
    {
        DesiredDocument document;
        try
        {
            document = DesiredDocumentReader.Read(message.Payload);
        }
        catch (DocumentRejectedException rejection)
        {
            controller.Reject(source, rejection);
            return;
        }

        try
        {
            _ = controller.Submit(new SourcedDocument(source, document), mayBeRepeated: true);
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
