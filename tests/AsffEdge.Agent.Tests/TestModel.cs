using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests;

/// <summary>A model that only has a name.</summary>
internal static class TestModel
{
    public static readonly FrameModel Named = new("m", "1", new string('0', 64), "cpu");
}
