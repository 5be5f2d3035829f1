using System.CommandLine;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Demo;
using AsffEdge.Agent.Hosting;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge demo</c></summary>
public static class DemoCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var config = new Option<string>("--config", "-c")
        {
            Description = "The demo's configuration, a YAML file",
            HelpName = "FILE",
            DefaultValueFactory = _ => "config/demo.yaml",
        };
        var model = new Option<string?>("--model")
        {
            Description = "Another model",
            HelpName = "FILE",
        };
        var video = new Option<string?>("--video")
        {
            Description = "Another video for the first camera",
            HelpName = "FILE",
        };
        var frames = new Option<long?>("--frames")
        {
            Description = "End after so many inferred frames",
            HelpName = "N",
        };
        frames.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() is < 1)
            {
                result.AddError($"--frames is {result.Tokens[0].Value}; allowed: 1 or more");
            }
        });
        var command = new Command(
            "demo",
            "Run an agent on a video, with a broker of its own, and show what it does"
        )
        {
            config,
            model,
            video,
            frames,
        };
        HelpWithExamples.AddTo(
            command,
            "asff-edge demo",
            "asff-edge demo --frames 60",
            "asff-edge demo --video clip.mp4 --model models/pedestrian.onnx"
        );
        command.SetAction(
            (arguments, ct) =>
                RunAsync(
                    arguments.GetValue(config)!,
                    arguments.GetValue(model),
                    arguments.GetValue(video),
                    arguments.GetValue(frames),
                    ct
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string config,
        string? model,
        string? video,
        long? frames,
        CancellationToken ct
    )
    {
        // So that an old demo's switch of the profile does not come back.
        DirectoryInfo state = Directory.CreateTempSubdirectory("asff-edge-demo-");
        try
        {
            DemoBroker broker = await DemoBroker.StartAsync().ConfigureAwait(false);
            await using (broker.ConfigureAwait(false))
            {
                AgentConfiguration configuration = ConfigurationLoader.Load(
                    config,
                    Overrides(broker, state, model, video)
                );
                RequireVideos(configuration);
                return await RunAsync(configuration, frames, ct).ConfigureAwait(false);
            }
        }
        catch (ConfigurationException error)
        {
            foreach (string problem in error.Problems)
            {
                Console.Error.WriteLine($"asff-edge: {problem}");
            }

            return ExitCodes.Usage;
        }
        catch (Exception error) when (error is ModelException or FileNotFoundException)
        {
            Console.Error.WriteLine($"asff-edge: {error.Message}");
            return ExitCodes.Failed;
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(
        AgentConfiguration configuration,
        long? frames,
        CancellationToken ct
    )
    {
        var board = new DemoBoard(frames, TimeProvider.System);
        bool live = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        var logger = new DemoLogger(live ? board.Note : Console.Error.WriteLine);
        AgentHost host = AgentHost.Build(
            configuration,
            new AgentHostOptions
            {
                FrameSinks = [board],
                StatusSinks = [board],
                Logging = logging => logging.AddProvider(logger),
            }
        );
        await using (host.ConfigureAwait(false))
        {
            IReadOnlyList<string> labels = host.Labels;
            Introduce(configuration);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task<int> running = host.RunAsync(stop.Token);
            var ended = Task.WhenAny(running, board.LimitReached);
            var table = new DemoTable(board, host.Pipeline.Statistics, labels);
            await (
                live
                    ? table.ShowLiveAsync(AnsiConsole.Console, ended)
                    : table.ShowLinesAsync(Console.Out, ended)
            ).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            int exitCode = await running.ConfigureAwait(false);
            Console.Out.WriteLine(board.Summary.ToText(labels));
            return exitCode;
        }
    }

    private static void Introduce(AgentConfiguration configuration)
    {
        MqttOptions mqtt = configuration.Mqtt;
        string broker = $"-h {mqtt.Host} -p {mqtt.Port}";
        string agent = configuration.Agent.Id;
        string command = new Topics(mqtt.Root).Command(agent, "profile.set");
        string other = configuration.Profiles.Keys.FirstOrDefault(
            name => name == "accurate",
            configuration.Profiles.Keys.Last()
        );
        Console.Out.WriteLine(
            $$"""
            Watch it from another terminal (the programs are in the package mosquitto-clients):
              mosquitto_sub {{broker}} -t '{{mqtt.Root}}/#' -v
            and switch the profile ({{string.Join(", ", configuration.Profiles.Keys)}}):
              mosquitto_pub {{broker}} -q 1 -t {{command}} -m '{"v":1,"rev":'$(date +%s)',"profile":"{{other}}"}'
            Ctrl-C ends it.
            """
        );
    }

    private static IEnumerable<string> Overrides(
        DemoBroker broker,
        DirectoryInfo state,
        string? model,
        string? video
    )
    {
        yield return "mqtt.host=127.0.0.1";
        yield return $"mqtt.port={broker.Port}";
        yield return $"state_directory={state.FullName}";
        if (model is not null)
        {
            yield return $"model.path={Path.GetFullPath(model)}";
        }

        if (video is not null)
        {
            yield return $"cameras.0.source={Path.GetFullPath(video)}";
        }
    }

    /// <summary>A service waits for a file to appear; somebody who looks at a demo wants to know at once.</summary>
    private static void RequireVideos(AgentConfiguration configuration)
    {
        foreach (CameraOptions camera in configuration.Cameras.Where(camera => camera.Enabled))
        {
            if (
                SourceAddress.Parse(camera.Source).Kind == SourceKind.File
                && !File.Exists(camera.Source)
            )
            {
                throw new FileNotFoundException(
                    $"camera '{camera.Id}': there is no file '{camera.Source}' (make setup-run fetches the demo's clip)"
                );
            }
        }
    }
}
