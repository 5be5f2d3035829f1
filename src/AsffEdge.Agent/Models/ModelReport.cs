using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Models;

/// <summary>Tells which model runs, what becomes of the next one and which there were, and keeps that over restarts. Thread-safe.</summary>
/// <param name="store">Keeps it.</param>
/// <param name="active">The model in use.</param>
/// <param name="topic">Where it is told.</param>
/// <param name="board">Takes the message.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ModelReport(
    ModelStore store,
    ActiveModel active,
    string topic,
    RetainedBoard board,
    TimeProvider time,
    ILogger<ModelReport> logger
)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly DateTime _started = time.GetUtcNow().UtcDateTime;
    private StoredModels _models = store.Models;
    private long? _progressShown;

    /// <summary>The change as it stands; null: there was none.</summary>
    public ModelChange? Change
    {
        get
        {
            lock (_lock)
            {
                return _models.Change;
            }
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Tells what holds at the start.</summary>
    public void Show()
    {
        lock (_lock)
        {
            Publish();
        }
    }

    /// <summary>A change has come to another state; what is said of it until then goes unless it is said again.</summary>
    /// <param name="sha256">The model that it is a change to.</param>
    /// <param name="state">The state.</param>
    /// <param name="describe">What there is to add; null: nothing.</param>
    /// <param name="also">What the index is to say from then on too; null: nothing.</param>
    /// <returns>Why it is not kept over a restart; null: it is.</returns>
    public string? Enter(
        string sha256,
        ModelChangeState state,
        Func<ModelChange, ModelChange>? describe = null,
        Func<StoredModels, StoredModels>? also = null
    )
    {
        lock (_lock)
        {
            ModelChange? before = _models.Change?.Sha256 == sha256 ? _models.Change : null;
            ModelChange change = new(sha256, state, ResultCode.Ok, Now)
            {
                Name = before?.Name,
                Version = before?.Version,
                Shadow = state == ModelChangeState.Staging ? null : before?.Shadow,
            };
            change = describe?.Invoke(change) ?? change;
            string? problem = null;
            StoredModels Next(StoredModels models) => (also?.Invoke(models) ?? models).With(change);
            try
            {
                _models = store.Update(Next);
            }
            // What holds is told, even where a restart will not know of it.
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                ModelLog.HistoryNotKept(logger, error.Message);
                (_models, problem) = (Next(_models), error.Message);
            }

            _progressShown = null;
            Publish();
            return problem;
        }
    }

    /// <summary>A change has failed, and what was before goes on.</summary>
    public void Fail(string sha256, ResultCode code, string detail) =>
        Enter(
            sha256,
            ModelChangeState.Failed,
            change => change with { Code = code, Detail = detail }
        );

    /// <summary>A change goes on in its state; told once a second at most, and kept by no one.</summary>
    public void Progress(string sha256, Func<ModelChange, ModelChange> describe)
    {
        lock (_lock)
        {
            if (_models.Change is not { } change || change.Sha256 != sha256)
            {
                return;
            }

            _models = _models with { Change = describe(change) };
            if (_progressShown is { } shown && time.GetElapsedTime(shown) < ProgressEvery)
            {
                return;
            }

            _progressShown = time.GetTimestamp();
            Publish();
        }
    }

    private void Publish()
    {
        FrameModel name = active.Current.Name;
        ModelsMessage message = new()
        {
            Current = new ModelUse(
                name.Name,
                name.Version,
                name.Sha256,
                _models.Current is { } current && current.Sha256 == name.Sha256
                    ? current.Since
                    : _started
            ),
            Previous =
                _models.Previous is { } previous && previous.Sha256 != name.Sha256
                    ? new ModelUse(previous.Name, previous.Version, previous.Sha256, previous.Since)
                    : null,
            Change = _models.Change,
            History = _models.History.Count > 0 ? _models.History : null,
        };
        board.Set(
            topic,
            JsonSerializer.SerializeToUtf8Bytes(message, MessageJson.Wire.ModelsMessage)
        );
    }
}
