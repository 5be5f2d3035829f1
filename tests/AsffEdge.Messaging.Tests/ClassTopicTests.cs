namespace AsffEdge.Messaging.Tests;

/// <summary>Any label becomes a topic level of its own.</summary>
public sealed class ClassTopicTests
{
    [Theory]
    [InlineData("person", "person")]
    [InlineData("Traffic light", "traffic-light")]
    [InlineData("../../#", "-------")]
    [InlineData("", "-")]
    public void A_label_becomes_an_id(string label, string id) =>
        Assert.Equal(new ClassTopic(label, id), Assert.Single(ClassTopic.Of([label])));

    [Fact]
    public void Labels_that_differ_little_keep_ids_of_their_own()
    {
        string longest = new('a', 60);

        IReadOnlyList<ClassTopic> topics = ClassTopic.Of([
            "a b",
            "a-b",
            "A b",
            longest,
            longest,
            "c-7",
            "c",
            "c",
        ]);

        Assert.Equal(
            [
                "a-b",
                "a-b-1",
                "a-b-2",
                new string('a', 48),
                new string('a', 46) + "-4",
                "c-7",
                "c",
                "c-8",
            ],
            topics.Select(topic => topic.Id)
        );
        Assert.All(topics, topic => Assert.True(Identifier.IsValid(topic.Id)));
    }
}
