using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Pipeline;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>What a program adds to the agent it hosts. The broker and everything else is in the configuration.</summary>
public sealed record AgentHostOptions
{
    /// <summary>Take every frame's result too, after the publisher.</summary>
    public IReadOnlyList<IFrameResultSink> FrameSinks { get; init; } = [];

    /// <summary>Take the cameras' states too, after the publisher.</summary>
    public IReadOnlyList<ICameraStatusSink> StatusSinks { get; init; } = [];

    /// <summary>Where log messages go; null: to standard error, or to the journal under systemd.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
