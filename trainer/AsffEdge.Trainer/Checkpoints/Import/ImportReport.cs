using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>What an import finds, for people: a table of counts, then every tensor that is missing, of another shape, or unused.</summary>
internal static class ImportReport
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, ImportedWeights weights, ImportPlan plan)
    {
        output.WriteLine(
            $"{Path.GetFileName(weights.Path)}: {weights.Format}, {weights.Tensors.Count} tensors"
        );
        foreach (string note in weights.Notes)
        {
            output.WriteLine($"  {note}");
        }

        if (plan.HasCocoNumbers)
        {
            output.WriteLine(
                "  91 outputs by COCO's numbers: the 80 that name a class are taken, background and gaps left out"
            );
        }

        output.WriteLine($"{"part", -12}{"needed", 8}{"matched", 9}");
        foreach (IGrouping<string, StateEntry> part in plan.Entries.GroupBy(Part))
        {
            WriteRow(output, part.Key, part, plan);
        }

        WriteRow(output, "all", plan.Entries, plan);
        WriteList(output, "missing in the file", GroupByModule(plan.Missing));
        WriteList(output, "of another shape", plan.Differing);
        WriteList(output, "unused", GroupByModule(plan.Unused));
        if (plan.Counters > 0)
        {
            output.WriteLine(
                $"not needed: {plan.Counters} counters (num_batches_tracked), which are no weights"
            );
        }
    }

    private static string Part(StateEntry entry) => entry.Name[..entry.Name.IndexOf('.')];

    private static void WriteRow(
        TextWriter output,
        string name,
        IEnumerable<StateEntry> entries,
        ImportPlan plan
    ) => output.WriteLine($"{name, -12}{entries.Count(), 8}{entries.Count(plan.IsMatched), 9}");

    private static void WriteList(TextWriter output, string heading, IEnumerable<string> lines)
    {
        foreach ((int index, string line) in lines.Index())
        {
            output.WriteLine(index == 0 ? $"{heading}:\n  {line}" : $"  {line}");
        }
    }

    /// <summary>A line a module, <c>level_0_header.conv: weight, bias</c>, so that a whole missing part stays readable.</summary>
    private static IEnumerable<string> GroupByModule(IEnumerable<string> names)
    {
        foreach (
            IGrouping<string, string> module in names.GroupBy(name =>
                name[..(name.LastIndexOf('.') + 1)]
            )
        )
        {
            string parts = string.Join(
                ", ",
                module.Select(name => Printable.Of(name[module.Key.Length..]))
            );
            yield return module.Key.Length > 0
                ? $"{Printable.Of(module.Key[..^1])}: {parts}"
                : parts;
        }
    }
}
