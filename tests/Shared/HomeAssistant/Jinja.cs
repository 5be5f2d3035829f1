using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsffEdge.Tests.HomeAssistant;

/// <summary>A template as Home Assistant renders it.</summary>
/// <param name="Template">The template.</param>
/// <param name="Json">The message it is of (<c>value_json</c>); null: none.</param>
/// <param name="Value">What was chosen (<c>value</c>).</param>
/// <param name="Attributes">The entity's attributes as JSON (<c>this.attributes</c>); null: none.</param>
internal sealed record TemplateCase(
    string Template,
    string? Json = null,
    string Value = "",
    string? Attributes = null
);

/// <summary>Renders Home Assistant's templates by Jinja itself.</summary>
internal static class Jinja
{
    /// <summary>When templates that ask for the time are rendered.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 5, 0, 0, 600, TimeSpan.Zero);

    private const string Script = """
        import json, sys
        from datetime import datetime, timezone
        from types import SimpleNamespace
        from jinja2.sandbox import ImmutableSandboxedEnvironment
        jinja = ImmutableSandboxedEnvironment()
        work = json.load(sys.stdin)
        jinja.globals["now"] = lambda: datetime.fromtimestamp(work["now"], timezone.utc)
        print(json.dumps([
            jinja.from_string(case["template"]).render(
                value_json=case["json"], value=case["value"], this=SimpleNamespace(attributes=case["attributes"]))
            for case in work["cases"]]))
        """;

    /// <summary>Renders at <see cref="Now"/>, or at <paramref name="now"/>.</summary>
    public static string[] Render(IEnumerable<TemplateCase> cases, DateTimeOffset? now = null)
    {
        Assert.SkipUnless(Python.Has("jinja2"), "needs Debian's python3-jinja2");
        JsonObject work = new()
        {
            ["now"] = (now ?? Now).ToUnixTimeMilliseconds() / 1000.0,
            ["cases"] = new JsonArray([
                .. cases.Select(test => new JsonObject
                {
                    ["template"] = test.Template,
                    ["json"] = test.Json is null ? null : JsonNode.Parse(test.Json),
                    ["value"] = test.Value,
                    ["attributes"] = test.Attributes is null
                        ? new JsonObject()
                        : JsonNode.Parse(test.Attributes),
                }),
            ]),
        };
        return JsonSerializer.Deserialize<string[]>(Python.Run(Script, work.ToJsonString()))!;
    }
}
