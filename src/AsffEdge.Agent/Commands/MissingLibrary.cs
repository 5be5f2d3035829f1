namespace AsffEdge.Agent.Commands;

/// <summary>Recognises that a native library, or one that it needs in turn, is not installed.</summary>
internal static class MissingLibrary
{
    /// <summary>What to do about it, or null when <paramref name="error"/> has another cause.</summary>
    public static string? Find(Exception error)
    {
        // A type whose static constructor calls the library wraps the failure.
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException)
            {
                return $"a native library cannot be loaded; 'make setup' installs what it needs. {cause.Message}";
            }
        }

        return null;
    }
}
