using System.Text.Json;
using AsffEdge.Agent.Health;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>The model in use, and what is to be told of it: in <c>info</c> and on the board of what is wrong. Owns the model. Thread-safe.</summary>
internal sealed class ActiveModel : IDisposable
{
    private readonly Lock _lock = new();
    private readonly RetainedBoard _board;
    private readonly Degradations _degradations;
    private readonly string _topic;
    private InfoMessage _info;
    private HealthCode _problemCode;

    /// <summary>Starts with a model.</summary>
    /// <param name="start">The model.</param>
    /// <param name="info">What is told of the agent otherwise.</param>
    /// <param name="topic">Where it is told.</param>
    /// <param name="board">Takes the info message.</param>
    /// <param name="degradations">Takes what is wrong.</param>
    public ActiveModel(
        ModelStart start,
        InfoMessage info,
        string topic,
        RetainedBoard board,
        Degradations degradations
    )
    {
        (_board, _degradations, _topic, _info) = (board, degradations, topic, info);
        Current = start.Model;
        Set(start.Model, start.Problem, HealthCode.ModelFallback, ProviderProblemOf(start.Model));
    }

    /// <summary>The model.</summary>
    public LoadedModel Current { get; private set; }

    /// <summary>Why the provider in use is not the first one that was configured; null: it is.</summary>
    public string? ProviderProblem => _info.ProviderProblem;

    /// <summary>Names another model as the one in use. The one before is not disposed of.</summary>
    /// <param name="model">The model.</param>
    /// <param name="problem">Why it is not the configured one; null: it is.</param>
    /// <param name="code">What kind of problem that is.</param>
    /// <param name="providerProblem">Why its provider is not the first one that was configured; null: it is.</param>
    public void Set(LoadedModel model, string? problem, HealthCode code, string? providerProblem)
    {
        lock (_lock)
        {
            Current = model;
            _problemCode = code;
            _degradations.Clear(HealthCode.ModelFallback);
            _degradations.Clear(HealthCode.ModelRolledBack);
            Raise(code, problem is null ? null : $"{problem}; {Describe(model)} runs instead");
            Raise(HealthCode.ProviderFallback, providerProblem);
            _info = _info with
            {
                Provider = model.Name.Provider,
                ProviderProblem = providerProblem,
                Models =
                [
                    new ModelInfo(model.Name.Name, model.Name.Version, model.Name.Sha256)
                    {
                        Problem = problem,
                    },
                ],
            };
            _board.Set(
                _topic,
                JsonSerializer.SerializeToUtf8Bytes(_info, MessageJson.Wire.InfoMessage)
            );
        }
    }

    /// <summary>Names the same model on another provider as the one in use.</summary>
    public void SetProvider(LoadedModel model, string problem) =>
        Set(model, _info.Models[0].Problem, _problemCode, problem);

    /// <summary>Why a model does not run on the first provider that was asked for; null: it does.</summary>
    public static string? ProviderProblemOf(LoadedModel model) =>
        model.Detector.SkippedProviders is { Count: > 0 } skipped
            ? $"{string.Join("; ", skipped)}; {model.Name.Provider} is used"
            : null;

    /// <summary>A model in words.</summary>
    public static string Describe(LoadedModel model) => $"{model.Name.Name} {model.Name.Version}";

    /// <inheritdoc/>
    public void Dispose() => Current.Dispose();

    private void Raise(HealthCode code, string? detail)
    {
        if (detail is null)
        {
            _degradations.Clear(code);
        }
        else
        {
            _degradations.Raise(code, detail);
        }
    }
}
