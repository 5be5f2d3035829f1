using AsffEdge.Agent.Models;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>What a process finds of a change that the one before has left behind.</summary>
public sealed class ModelRestartTests
{
    private static readonly DateTime Now = new(2026, 11, 26, 0, 0, 0, DateTimeKind.Utc);
    private static readonly StoredModel First = new(new string('a', 64), "m", "1", Now);
    private static readonly StoredModel Second = new(new string('b', 64), "m", "2", Now);
    private static readonly StagedModel Waiting = new(Second.Sha256, "m", "2");

    [Theory]
    [InlineData(ModelChangeState.Staging, ResultCode.NotFetched)]
    [InlineData(ModelChangeState.Shadow, ResultCode.Failed)]
    public void What_was_under_way_has_failed_and_what_is_staged_stays(
        ModelChangeState state,
        ResultCode code
    )
    {
        StoredModels models = In(state) with { Staged = Waiting };

        StoredModels after = ModelRestart.AfterStart(models, _ => true, Now);

        Assert.Equal((ModelChangeState.Failed, code), (after.Change!.State, after.Change.Code));
        Assert.Equal(Waiting, after.Staged);
        Assert.Equal(First, after.Current);
        Assert.Equal(ModelChangeState.Failed, Assert.Single(after.History).State);
    }

    [Fact]
    public void What_is_staged_is_so_only_while_its_file_is_whole()
    {
        StoredModels models = In(ModelChangeState.Staged) with { Staged = Waiting };

        Assert.Same(models, ModelRestart.AfterStart(models, _ => true, Now));
        StoredModels lost = ModelRestart.AfterStart(models, _ => false, Now);

        Assert.Null(lost.Staged);
        Assert.Equal(ResultCode.UnknownModel, lost.Change!.Code);
    }

    [Fact]
    public void A_model_that_does_not_settle_in_three_starts_is_given_up()
    {
        StoredModels models = (In(ModelChangeState.Settling) with { Current = First }).PutToUse(
            Second,
            First.Sha256,
            60
        );
        for (int start = 1; start < ModelRestart.MostStarts; start++)
        {
            models = ModelRestart.AfterStart(models, _ => true, Now);
            Assert.Equal(start, models.Trial!.Starts);
            Assert.Equal(Second, models.Current);
            Assert.Equal(ModelChangeState.Settling, models.Change!.State);
        }

        models = ModelRestart.AfterStart(models, _ => true, Now);

        Assert.Equal((First, null, null), (models.Current, models.InsteadOf, models.Trial));
        Assert.Equal(ModelChangeState.RolledBack, models.Change!.State);
        Assert.Equal(Second.Sha256, Assert.Single(models.Rejected).Sha256);
        Assert.Equal(ModelChangeState.RolledBack, Assert.Single(models.History).State);
    }

    [Theory]
    [InlineData(ModelChangeState.Settled)]
    [InlineData(ModelChangeState.Failed)]
    [InlineData(ModelChangeState.RolledBack)]
    public void What_has_ended_stays_as_it_is(ModelChangeState state)
    {
        StoredModels models = In(state);

        Assert.Same(models, ModelRestart.AfterStart(models, _ => true, Now));
        Assert.Same(
            StoredModelsWithoutChange,
            ModelRestart.AfterStart(StoredModelsWithoutChange, _ => true, Now)
        );
    }

    [Fact]
    public void Sixteen_changes_are_remembered()
    {
        StoredModels models = new();
        for (int k = 0; k < 20; k++)
        {
            models = models.With(
                new ModelChange($"{k:x64}", ModelChangeState.Failed, ResultCode.NotFetched, Now)
            );
        }

        Assert.Equal(16, models.History.Count);
        Assert.Equal($"{19:x64}", models.History[^1].Sha256);
    }

    private static readonly StoredModels StoredModelsWithoutChange = new() { Current = First };

    private static StoredModels In(ModelChangeState state) =>
        new()
        {
            Current = First,
            Change = new ModelChange(Second.Sha256, state, ResultCode.Ok, Now),
        };
}
