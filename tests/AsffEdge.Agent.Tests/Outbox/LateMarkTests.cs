using System.Text;
using AsffEdge.Agent.Outbox;

namespace AsffEdge.Agent.Tests.Outbox;

public sealed class LateMarkTests
{
    [Theory]
    [InlineData("""{"v":1,"late":false,"a":1}""", """{"v":1,"late":true,"a":1}""")]
    [InlineData(
        """{"class":"\"late\":false","late":false}""",
        """{"class":"\"late\":false","late":true}"""
    )]
    [InlineData("""{"v":1}""", """{"v":1}""")]
    public void Only_the_key_is_changed(string payload, string marked) =>
        Assert.Equal(
            marked,
            Encoding.UTF8.GetString(LateMark.Set(Encoding.UTF8.GetBytes(payload)))
        );
}
