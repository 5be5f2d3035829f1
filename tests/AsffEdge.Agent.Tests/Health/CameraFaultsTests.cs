using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Health;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Health;

public sealed class CameraFaultsTests
{
    [Theory]
    [InlineData(CameraState.Connecting, null, null)]
    [InlineData(CameraState.Online, null, null)]
    [InlineData(CameraState.Disabled, null, null)]
    [InlineData(CameraState.Online, CameraReason.Damaged, HealthCode.CameraDamaged)]
    [InlineData(CameraState.Online, CameraReason.Late, HealthCode.CameraLate)]
    [InlineData(CameraState.Stalled, CameraReason.Late, HealthCode.CameraLate)]
    [InlineData(CameraState.Stalled, CameraReason.Stalled, HealthCode.CameraStalled)]
    [InlineData(CameraState.Stalled, CameraReason.Frozen, HealthCode.CameraFrozen)]
    [InlineData(CameraState.Offline, CameraReason.Refused, HealthCode.CameraOffline)]
    [InlineData(CameraState.Offline, CameraReason.Ended, HealthCode.CameraOffline)]
    [InlineData(CameraState.Error, CameraReason.Unauthorised, HealthCode.CameraError)]
    public void A_status_has_a_code(CameraState state, string? reason, HealthCode? code) =>
        Assert.Equal(
            code,
            CameraFaults.CodeOf(new CameraStatus(state, reason, null, DateTime.UnixEpoch))
        );
}
