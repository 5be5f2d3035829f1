using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models.Fetching;

/// <summary>
/// From which addresses models are fetched. Whoever may send commands could otherwise have the device ask anything that it reaches. Where
/// nothing is configured: from any that the model's signature vouches for, or else from the broker's host alone, which it talks to anyway.
/// </summary>
internal sealed class ModelSources
{
    private readonly Func<Uri, bool> _covers;
    private readonly string _allowed;

    /// <summary>Takes what is configured.</summary>
    /// <param name="options">The model's section.</param>
    /// <param name="brokerHost">The broker's host name or address.</param>
    public ModelSources(ModelOptions options, string brokerHost)
    {
        if (options.Sources is { } configured)
        {
            Uri[] sources = [.. configured.Select(source => new Uri(source))];
            _covers = address => sources.Any(source => Covers(source, address));
            _allowed =
                sources.Length == 0
                    ? "none, only parts at the broker, as model.sources is empty"
                    : $"what is under {string.Join(" or ", configured)} (model.sources)";
        }
        else if (options.SigningKeys.Count > 0)
        {
            _covers = _ => true;
            _allowed = "any";
        }
        else
        {
            _covers = address =>
                address.IdnHost.Equals(brokerHost, StringComparison.OrdinalIgnoreCase);
            _allowed =
                $"the broker's host ({brokerHost}), as neither model.sources nor model.signing_keys is configured";
        }
    }

    /// <summary>Whether a text can be one of <c>model.sources</c>: an HTTP or HTTPS address without user, parameters and fragment.</summary>
    public static bool IsSource(string text) =>
        TryRead(text, out Uri? source)
        && source is { UserInfo: "", Query: "", Fragment: "" }
        && !HidesPath(source);

    /// <summary>Sees that a model may be fetched from an address.</summary>
    /// <param name="url">The address, as it was sent.</param>
    /// <exception cref="DocumentRejectedException">It may not, or is none.</exception>
    public Uri Require(string url) =>
        TryRead(url, out Uri? address)
            ? Require(address, "'url'")
            : throw new DocumentRejectedException(
                ResultCode.BadDocument,
                "'url' is no address; allowed: one that begins with http:// or https://"
            );

    /// <summary>Sees that an address to which another one leads may be followed.</summary>
    /// <exception cref="DocumentRejectedException">It may not.</exception>
    public Uri RequireRedirect(Uri from, Uri to)
    {
        string what = $"where {Secrets.MaskAddress(from.ToString())} leads to";
        return
            to.Scheme != Uri.UriSchemeHttps
            && (to.Scheme != Uri.UriSchemeHttp || from.Scheme == Uri.UriSchemeHttps)
            ? throw new DocumentRejectedException(
                ResultCode.BadSource,
                $"{what} is {Secrets.MaskAddress(to.ToString())}; allowed: {(from.Scheme == Uri.UriSchemeHttps ? "https://" : "http:// or https://")}"
            )
            : Require(to, what);
    }

    private Uri Require(Uri address, string what) =>
        _covers(address)
            ? address
            : throw new DocumentRejectedException(
                ResultCode.BadSource,
                $"{what} is {Secrets.MaskAddress(address.ToString())}; this agent fetches models from: {_allowed}"
            );

    private static bool TryRead(
        string text,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? address
    ) =>
        Uri.TryCreate(text, UriKind.Absolute, out address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    private static bool Covers(Uri source, Uri address)
    {
        if (
            source.Scheme != address.Scheme
            || source.Port != address.Port
            || !source.IdnHost.Equals(address.IdnHost, StringComparison.OrdinalIgnoreCase)
        )
        {
            return false;
        }

        string folder = source.AbsolutePath;
        string path = address.AbsolutePath;
        return folder == "/"
            || !HidesPath(address)
                && path.StartsWith(folder, StringComparison.Ordinal)
                && (
                    path.Length == folder.Length || folder[^1] == '/' || path[folder.Length] == '/'
                );
    }

    // Dots between slashes are resolved when an address is read; a server may resolve these too, and end elsewhere.
    private static bool HidesPath(Uri address) =>
        address.AbsolutePath.Contains("%2f", StringComparison.OrdinalIgnoreCase)
        || address.AbsolutePath.Contains("%5c", StringComparison.OrdinalIgnoreCase);
}
