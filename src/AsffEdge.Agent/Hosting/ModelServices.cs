using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Models.Fetching;
using AsffEdge.Agent.Models.Shadow;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>The model in use, and what replaces it.</summary>
internal static class ModelServices
{
    /// <summary>Adds them.</summary>
    public static IServiceCollection AddModels(
        this IServiceCollection services,
        AgentConfiguration configuration,
        ModelStore store,
        ModelStart start,
        TimeProvider time
    ) =>
        services
            .AddSingleton(store)
            .AddSingleton(provider => new ActiveModel(
                start,
                provider.GetRequiredService<InfoMessage>(),
                provider.GetRequiredService<Topics>().Info(configuration.Agent.Id),
                provider.GetRequiredService<RetainedBoard>(),
                provider.GetRequiredService<Degradations>()
            ))
            .AddSingleton(provider => new ModelReport(
                store,
                provider.GetRequiredService<ActiveModel>(),
                provider.GetRequiredService<Topics>().Models(configuration.Agent.Id),
                provider.GetRequiredService<RetainedBoard>(),
                time,
                provider.GetRequiredService<ILogger<ModelReport>>()
            ))
            .AddSingleton(provider => new ModelExchange(
                configuration,
                provider.GetRequiredService<ActiveModel>(),
                provider.GetRequiredService<VideoPipeline>,
                provider.GetRequiredService<ProfileController>(),
                provider.GetRequiredService<ILogger<ModelExchange>>()
            ))
            .AddSingleton(provider => new ModelRecovery(
                store,
                provider.GetRequiredService<ModelTrust>(),
                provider.GetRequiredService<ActiveModel>(),
                provider.GetRequiredService<VideoPipeline>,
                provider.GetRequiredService<ModelExchange>(),
                provider.GetRequiredService<ModelReport>(),
                time,
                provider.GetRequiredService<ILogger<ModelRecovery>>()
            ))
            .AddSingleton<ModelSwitch>()
            .AddSingleton<ShadowTap>()
            .AddSingleton(new ModelTrust(configuration.Model))
            .AddSingleton(new ModelSources(configuration.Model, configuration.Mqtt.Host))
            .AddSingleton(provider => new ShadowTrial(
                provider.GetRequiredService<ShadowTap>(),
                provider.GetRequiredService<ActiveModel>(),
                provider.GetRequiredService<VideoPipeline>,
                () => provider.GetRequiredService<ModelExchange>().Profiles,
                time
            ))
            .AddSingleton(provider => new HttpFetch(
                provider.GetRequiredService<ModelSources>(),
                time
            ))
            .AddSingleton<ChunkFetch>()
            .AddSingleton<ModelStaging>()
            .AddSingleton<ModelRollout>()
            .AddSingleton<ModelStageHandler>()
            .AddSingleton<ModelActivateHandler>()
            .AddSingleton<ModelRollbackHandler>()
            .AddSingleton(provider => new ModelReloadHandler(
                provider.GetRequiredService<ModelSwitch>(),
                provider.GetRequiredService<FirstFrameWatch>(),
                time
            ));

    /// <summary>Says what is not as configured.</summary>
    public static void Report(IServiceProvider services, ModelStart start)
    {
        ILogger logger = services.GetRequiredService<ILogger<ModelStart>>();
        string model = ActiveModel.Describe(start.Model);
        if (start.Problem is not null)
        {
            ModelLog.LastGood(logger, start.Problem, model);
        }

        if (start.StoreProblem is not null)
        {
            ModelLog.NotKept(logger, model, start.StoreProblem);
        }

        if (start.Model.Detector.Content.Golden is null)
        {
            ModelLog.NoGolden(logger, model);
        }

        services.GetRequiredService<ModelReport>().Show();
        services.GetRequiredService<ModelRecovery>().Resume();
        if (ActiveModel.ProviderProblemOf(start.Model) is { } problem)
        {
            ModelLog.ProviderSkipped(logger, problem);
        }
    }
}
