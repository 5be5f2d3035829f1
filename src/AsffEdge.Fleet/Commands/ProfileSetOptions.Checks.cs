using System.CommandLine;
using System.CommandLine.Parsing;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <content>What the arguments may be, and which go together.</content>
internal sealed partial class ProfileSetOptions
{
    private const int LongestAuthor = 256;

    private void AddChecksTo(Command command)
    {
        _profile.Validators.Add(result => CommonOptions.RequireId(result, _profile.Name));
        _agents.Validators.Add(result => CommonOptions.RequireId(result, _agents.Name));
        _groups.Validators.Add(result => CommonOptions.RequireId(result, _groups.Name));
        _cameras.Validators.Add(CheckCameras);
        _maxFailures.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--max-failures is negative; allowed: 0 and more");
            }
        });
        _by.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= LongestAuthor })
            {
                result.AddError(
                    $"--by is too long or empty; allowed: 1 to {LongestAuthor} characters"
                );
            }
        });
        command.Validators.Add(CheckTogether);
    }

    private void AddCompletions()
    {
        _profile.CompletionSources.Add(_ =>
            [.. KnownNames.Load().Profiles, ReservedProfile.Auto, ReservedProfile.Inherit]
        );
        _agents.CompletionSources.Add(_ => KnownNames.Load().Agents);
        _groups.CompletionSources.Add(_ => KnownNames.Load().Groups);
        _cameras.CompletionSources.Add(_ => KnownNames.Load().Cameras);
    }

    private void CheckCameras(OptionResult result)
    {
        HashSet<string> named = [];
        foreach (string camera in result.GetValue(_cameras) ?? [])
        {
            string[] parts = camera.Split('=', 2);
            if (!parts.All(part => Identifier.IsValid(part)))
            {
                result.AddError(
                    $"--camera is '{camera}'; allowed: CAMERA or CAMERA=NAME, each {Identifier.Allowed}"
                );
            }
            else if (!named.Add(parts[0]))
            {
                result.AddError($"--camera names '{parts[0]}' twice");
            }
        }
    }

    private void CheckTogether(CommandResult result)
    {
        bool names =
            result.GetValue(_agents) is { Length: > 0 }
            || result.GetValue(_groups) is { Length: > 0 };
        bool all = result.GetValue(_all);
        if (names == all)
        {
            result.AddError(
                all
                    ? "--all is everybody; --agent and --group are not allowed with it"
                    : "whom to tell is missing; allowed: --agent ID, --group GROUP, --all"
            );
        }

        string[] cameras = result.GetValue(_cameras) ?? [];
        if (cameras.Length > 0 && result.GetValue(_profile) == ReservedProfile.Inherit)
        {
            result.AddError(
                $"'{ReservedProfile.Inherit}' gives up the whole document; --camera is not allowed with it"
            );
        }

        if (
            result.GetValue(_replace)
            && cameras.Any(camera => !camera.Contains('=', StringComparison.Ordinal))
        )
        {
            result.AddError(
                "--replace keeps nothing, --camera CAMERA everything else; allowed: one of the two"
            );
        }
    }
}
