namespace AsffEdge.Fleet.Tests.Commands;

[Trait("Category", "System")]
public sealed class DocumentedCommandsTests
{
    [Fact]
    public async Task Commands_and_options_in_the_documents_exist() =>
        Assert.True((await DocumentedCommands.CheckAsync("asff-fleet")).Count >= 20);
}
