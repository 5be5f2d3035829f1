using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Models;
using AsffEdge.Fleet.Models;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet model sign</c></summary>
internal static class ModelSignCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string> file = new("FILE")
        {
            Description = "The model, an ONNX file",
            HelpName = "FILE",
        };
        Option<string> key = new("--signing-key", "-k")
        {
            Description =
                "The private key, Ed25519 in PEM; 'openssl genpkey -algorithm ed25519' makes one",
            HelpName = "FILE",
            Required = true,
        };
        Command command = new(
            "sign",
            "Print a model's signature, for 'model push --signature'; agents trust the keys of their model.signing_keys"
        );
        command.Arguments.Add(file);
        command.Options.Add(key);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet model sign street.onnx --signing-key signing.pem > street.onnx.sig",
            "openssl genpkey -algorithm ed25519 -out signing.pem",
            "openssl pkey -in signing.pem -pubout -out signing.pub"
        );
        command.SetAction(
            async (arguments, ct) =>
            {
                try
                {
                    ModelFile model = await ModelFile
                        .ReadAsync(arguments.GetValue(file)!, ct)
                        .ConfigureAwait(false);
                    Console.Out.WriteLine(
                        ModelSigning.Sign(model.Sha256, arguments.GetValue(key)!)
                    );
                    return ExitCodes.Done;
                }
                catch (Exception error)
                    when (error
                            is FleetException
                                or FormatException
                                or IOException
                                or UnauthorizedAccessException
                    )
                {
                    FleetCommand.Note(error.Message);
                    return ExitCodes.Failed;
                }
            }
        );
        return command;
    }
}
