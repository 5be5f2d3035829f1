namespace AsffEdge.Messaging.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["host", "port", "username", "password_file"];

    [Theory]
    [InlineData("hots", "host")]
    [InlineData("prt", "port")]
    [InlineData("user_name", "username")]
    [InlineData("passwordfile", "password_file")]
    public void A_misspelt_name_finds_the_one_that_was_meant(string word, string meant) =>
        Assert.Equal(meant, NearestName.Find(word, Names));

    [Theory]
    [InlineData("colour")]
    [InlineData("")]
    [InlineData("xy")]
    public void A_name_unlike_all_others_finds_none(string word) =>
        Assert.Null(NearestName.Find(word, Names));

    [Fact]
    public void A_hint_always_says_what_is_allowed()
    {
        Assert.Equal(
            "; did you mean 'host'? Allowed: host, port, username, password_file",
            NearestName.Hint("hosst", Names)
        );
        Assert.Equal(
            "; allowed: host, port, username, password_file",
            NearestName.Hint("colour", Names)
        );
        Assert.Equal("; none is allowed here", NearestName.Hint("colour", []));
    }
}
