using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>Checks messages with Python's jsonschema, which knows all of JSON Schema 2020-12, where it is installed.</summary>
internal static class PythonValidator
{
    private const string Script = """
        import json, sys
        from jsonschema import Draft202012Validator
        valid = []
        for part in json.load(sys.stdin):
            Draft202012Validator.check_schema(part["schema"])
            validator = Draft202012Validator(part["schema"])
            valid += [validator.is_valid(message) for message in part["messages"]]
        print(json.dumps(valid))
        """;

    /// <summary>Whether each of the <c>messages</c> of each part is one of its <c>schema</c>, in their order; null where Python or the package is not there.</summary>
    public static bool[]? Validate(JsonArray work)
    {
        if (Run("import jsonschema", "") is null)
        {
            return null;
        }

        string output =
            Run(Script, work.ToJsonString())
            ?? throw new InvalidOperationException("Python's jsonschema failed, see above");
        return JsonSerializer.Deserialize<bool[]>(output);
    }

    private static string? Run(string script, string input)
    {
        try
        {
            using Process python = Process.Start(
                new ProcessStartInfo("/usr/bin/python3", ["-W", "ignore", "-c", script])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            Task<string> errors = python.StandardError.ReadToEndAsync();
            python.StandardInput.Write(input);
            python.StandardInput.Close();
            string output = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            if (python.ExitCode != 0)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(errors.Result);
            }

            return python.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no Python
        }
    }
}
