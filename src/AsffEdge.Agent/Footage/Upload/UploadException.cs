namespace AsffEdge.Agent.Footage.Upload;

/// <summary>A pack could not be sent, or it is not confirmed that it was; it is still on the device.</summary>
/// <param name="message">Why, a sentence for people without a full stop and without secrets.</param>
/// <param name="isRefusal">Whether somebody must do something about it: it will not pass by itself.</param>
/// <param name="cause">What led to it.</param>
internal sealed class UploadException(string message, bool isRefusal, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Whether somebody must do something about it.</summary>
    public bool IsRefusal => isRefusal;

    /// <summary>How long the server wants to be left alone; null: it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
