using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Xunit;

namespace AsffEdge.Control.Tests.Profiles;

public class RehearsalTests
{
    [Fact]
    public void TheAllowedDocumentIsReadToItsEnd()
    {
        DesiredDocument document = DesiredDocumentReader.Read(Rehearsal.Allowed);

        Assert.Equal(1000, document.Policy!.MaxMemoryMb);
    }
}
