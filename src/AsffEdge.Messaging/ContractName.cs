using System.Text.Json;

namespace AsffEdge.Messaging;

/// <summary>How the contract writes the values of its enumerations.</summary>
public static class ContractName
{
    /// <summary>A value as its JSON writes it, for example <c>bad_size</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
