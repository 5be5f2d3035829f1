using AsffEdge.Messaging;

namespace AsffEdge.Control.Commands;

/// <summary>Knows one command: how to read it and how to carry it out. Who may ask, when and how often is <see cref="CommandDesk"/>'s business.</summary>
public interface ICommandHandler
{
    /// <summary>The command's name, see <see cref="CommandName"/>.</summary>
    string Name { get; }

    /// <summary>Reads a payload from anybody.</summary>
    /// <exception cref="DocumentRejectedException">It is no such command.</exception>
    CommandDocument Read(ReadOnlyMemory<byte> payload);

    /// <summary>
    /// Begins to carry out what <see cref="Read"/> gave. The next message waits until the outer task completes; the inner one completes when
    /// the command is done. Accepts it by <see cref="CommandExchange.AcceptAsync"/> once it is found good, if doing it takes time.
    /// </summary>
    /// <returns>Null, or a sentence about what is not as it should be although the command is done.</returns>
    /// <exception cref="DocumentRejectedException">It is refused, or has failed; from either task.</exception>
    Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    );

    /// <summary>A command was refused before it could be read whole.</summary>
    /// <param name="rejection">Why.</param>
    /// <param name="group">The group it was sent to; null: this agent.</param>
    void OnUnreadable(DocumentRejectedException rejection, string? group) { }
}
