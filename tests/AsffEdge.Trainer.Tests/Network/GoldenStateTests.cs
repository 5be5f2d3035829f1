using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Tests.Network;

public sealed class GoldenStateTests
{
    public static TheoryData<string> Variants() => [.. GoldenNetwork.VariantNames()];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Parameter_count_is_the_authors(string variant)
    {
        GoldenNetwork golden = GoldenNetwork.Open(variant);
        long count = SummaryOps
            .Of(golden.Configuration)
            .State.Where(entry => entry.IsTrained)
            .Sum(entry => entry.Count);
        Assert.Equal(golden.Parameters, count);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void State_names_and_shapes_are_the_authors(string variant)
    {
        GoldenNetwork golden = GoldenNetwork.Open(variant);
        AuthorNames names = AuthorNames.For(golden.Configuration);
        IEnumerable<string> ours = SummaryOps
            .Of(golden.Configuration)
            .State.Select(entry => $"{names[entry.Name]} [{string.Join(", ", entry.Shape)}]");
        IEnumerable<string> theirs = golden.State.Select(entry =>
            $"{entry.Name} [{string.Join(", ", entry.Shape)}]"
        );
        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Layer_parameters_add_up_to_the_state(string variant)
    {
        SummaryOps summary = SummaryOps.Of(GoldenNetwork.Open(variant).Configuration);
        Assert.Equal(
            summary.State.Where(entry => entry.IsTrained).Sum(entry => entry.Count),
            summary.Layers.Sum(layer => layer.Parameters)
        );
    }
}
