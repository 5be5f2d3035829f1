using YamlDotNet.Serialization;

namespace AsffEdge.Trainer.Optimization;

/// <summary>Refuses an unknown key, or an unknown word where one of a few is wanted, with what is allowed in its place.</summary>
internal sealed class KnownKeys(ITypeInspector inner) : ITypeInspector
{
    public IEnumerable<IPropertyDescriptor> GetProperties(Type type, object? container) =>
        inner.GetProperties(type, container);

    public IPropertyDescriptor GetProperty(
        Type type,
        object? container,
        string name,
        bool ignoreUnmatched,
        bool caseInsensitivePropertyMatching
    ) =>
        inner.GetProperty(
            type,
            container,
            name,
            ignoreUnmatched: true,
            caseInsensitivePropertyMatching
        )
        ?? throw new ConfigurationException(
            $"unknown key '{name}'; allowed here: {string.Join(", ", inner.GetProperties(type, container).Select(property => property.Name))}"
        );

    public string GetEnumName(Type enumType, string name)
    {
        string found = inner.GetEnumName(enumType, name);
        return Enum.GetNames(enumType).Contains(found, StringComparer.OrdinalIgnoreCase)
            ? found
            : throw new ConfigurationException(
                $"'{name.ToLowerInvariant()}' is not known; allowed: {string.Join(", ", Enum.GetNames(enumType)).ToLowerInvariant()}"
            );
    }

    public string GetEnumValue(object enumValue) => inner.GetEnumValue(enumValue);

    public bool HasParseMethod(Type type) => inner.HasParseMethod(type);

    public object? Parse(string value, Type type) => inner.Parse(value, type);
}
