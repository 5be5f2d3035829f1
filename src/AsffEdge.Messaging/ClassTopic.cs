namespace AsffEdge.Messaging;

/// <summary>A class whose objects are counted: its name, and what stands for it in topics.</summary>
/// <param name="Name">The model's name for it.</param>
/// <param name="Id">Its last topic level, an id as <see cref="Identifier"/> has it: <c>traffic light</c> becomes <c>traffic-light</c>.</param>
public sealed record ClassTopic(string Name, string Id)
{
    /// <summary>Gives every label an id of its own, in their order.</summary>
    public static IReadOnlyList<ClassTopic> Of(IReadOnlyList<string> labels)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        List<ClassTopic> topics = new(labels.Count);
        for (int index = 0; index < labels.Count; index++)
        {
            string wanted = ToId(labels[index]);
            string id = wanted;
            for (int number = index; !taken.Add(id); number++)
            {
                string suffix = $"-{number}";
                int room = Math.Min(wanted.Length, Identifier.MaxLength - suffix.Length);
                id = wanted[..room] + suffix;
            }

            topics.Add(new ClassTopic(labels[index], id));
        }

        return topics;
    }

    private static string ToId(string label)
    {
        char[] characters =
        [
            .. label
                .Take(Identifier.MaxLength)
                .Select(char.ToLowerInvariant)
                .Select(character => Identifier.IsValid([character]) ? character : '-'),
        ];
        return characters.Length == 0 ? "-" : new string(characters);
    }
}
