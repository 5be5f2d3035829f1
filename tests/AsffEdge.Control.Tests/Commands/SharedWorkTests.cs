using AsffEdge.Control.Commands;

namespace AsffEdge.Control.Tests.Commands;

public sealed class SharedWorkTests
{
    private readonly SharedWork<int> _work = new();
    private readonly List<TaskCompletionSource<string?>> _begun = [];

    [Fact]
    public async Task Whoever_comes_while_it_is_going_on_shares_it()
    {
        Task<string?> first = _work.Join(1, Begin);
        Task<string?> second = _work.Join(1, Begin);
        _begun[0].SetResult("done");

        Assert.Equal(["done", "done"], [await first, await second]);
        Assert.Single(_begun);
    }

    [Fact]
    public void Other_keys_and_later_comers_have_work_of_their_own()
    {
        Task<string?> first = _work.Join(1, Begin);
        Task<string?> other = _work.Join(2, Begin);
        _begun[0].SetException(new InvalidOperationException("out of paper"));
        Task<string?> later = _work.Join(1, Begin);

        Assert.True(first.IsFaulted);
        Assert.False(other.IsCompleted);
        Assert.False(later.IsCompleted);
        Assert.Equal(3, _begun.Count);
    }

    private Task<string?> Begin()
    {
        _begun.Add(new TaskCompletionSource<string?>());
        return _begun[^1].Task;
    }
}
