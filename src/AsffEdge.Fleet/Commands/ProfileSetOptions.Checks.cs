using System.CommandLine;
using System.CommandLine.Parsing;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <content>What the arguments may be, and which go together.</content>
internal sealed partial class ProfileSetOptions
{
    private void AddChecksTo(Command command)
    {
        _profile.Validators.Add(result => CommonOptions.RequireId(result, _profile.Name));
        _cameras.Validators.Add(CheckCameras);
        command.Validators.Add(CheckTogether);
    }

    private void AddCompletions()
    {
        _profile.CompletionSources.Add(_ =>
            [.. KnownNames.Load().Profiles, ReservedProfile.Auto, ReservedProfile.Inherit]
        );
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
