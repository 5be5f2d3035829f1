using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>The documentation of the records as the compiler writes it beside the assembly, in the words of the JSON.</summary>
internal static partial class RecordDocumentation
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.ChangeExtension(typeof(Topics).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>What a message is.</summary>
    public static string Of(Type type) => Text(Members[$"T:{type.FullName}"].Element("summary")!);

    /// <summary>What a key means.</summary>
    /// <exception cref="InvalidOperationException">Its record does not say so.</exception>
    public static string Of(JsonPropertyInfo property)
    {
        PropertyInfo member = (PropertyInfo)property.AttributeProvider!;
        Type type = member.DeclaringType!;
        XElement? text = Members.TryGetValue($"P:{type.FullName}.{member.Name}", out XElement? own)
            ? own.Element("summary")
            : Members[$"T:{type.FullName}"]
                .Elements("param")
                .FirstOrDefault(param => param.Attribute("name")!.Value == member.Name);
        return text is null
            ? throw new InvalidOperationException(
                $"{type.Name}.{member.Name} has no documentation, which the JSON Schema needs"
            )
            : Text(text);
    }

    private static string Text(XElement element)
    {
        IEnumerable<string> parts = element
            .Nodes()
            .Select(node =>
                node switch
                {
                    XElement { Name.LocalName: "see" } see => Named(see.Attribute("cref")!.Value),
                    XElement code => $"`{code.Value}`",
                    _ => node.ToString(),
                }
            );
        string text = Whitespace().Replace(string.Concat(parts), " ").Trim();
        return Null().Replace(text.Replace("&gt;", ">").Replace("&lt;", "<"), "absent"); // as the JSON has it
    }

    // A topic by its name, a key as the JSON writes it, anything else by its last name.
    private static string Named(string reference)
    {
        string name = reference.Split('(')[0].Split('.')[^1];
        MethodInfo? topic = typeof(Topics).GetMethod(name);
        if (
            reference.StartsWith("M:", StringComparison.Ordinal)
            && topic?.ReturnType == typeof(string)
        )
        {
            object[] levels =
            [
                .. topic.GetParameters().Select(parameter => $"{{{parameter.Name}}}"),
            ];
            return $"`{topic.Invoke(new Topics(Topics.DefaultRoot), levels)}`";
        }

        return reference[0] == 'P'
            ? $"`{System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}`"
            : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    [GeneratedRegex(@"\bnull\b")]
    private static partial Regex Null();
}
