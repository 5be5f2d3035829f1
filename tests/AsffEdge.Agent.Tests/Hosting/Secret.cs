using System.Text;
using System.Text.Json;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary>Something that nobody may read, in all the forms in which programs write such things by mistake.</summary>
/// <param name="User">Whom it belongs to.</param>
/// <param name="Value">What it is.</param>
internal sealed record Secret(string User, string Value)
{
    /// <summary>As it is, escaped for an address and for JSON, and in base 64, alone and behind its user as HTTP sends it.</summary>
    public IEnumerable<string> Forms =>
        [
            Value,
            Uri.EscapeDataString(Value),
            JsonEncodedText.Encode(Value).ToString(),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)),
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Value}")),
        ];

    /// <summary>Asserts that a text holds none of them.</summary>
    public static void AssertNotIn(string where, string text, IEnumerable<Secret> secrets)
    {
        foreach (Secret secret in secrets)
        {
            foreach (string form in secret.Forms)
            {
                int at = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
                Assert.True(
                    at < 0,
                    $"{where} holds the secret of '{secret.User}' as '{form}': …{Around(text, at)}…"
                );
            }
        }
    }

    private static string Around(string text, int at) =>
        text[Math.Max(0, at - 100)..Math.Min(text.Length, Math.Max(0, at) + 100)];
}
