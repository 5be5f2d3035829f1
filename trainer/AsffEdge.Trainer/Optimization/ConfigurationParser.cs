using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// Hands a merged configuration to a deserializer as if it were one document. The marks' index is the event's number, by which the
/// file of a mistake is found again; line and column are those in that file.
/// </summary>
internal sealed class ConfigurationParser : IParser
{
    private readonly List<ParsingEvent> _events = [];
    private readonly List<string> _files = [];
    private readonly Dictionary<YamlNode, string> _fileOf;
    private int _next;

    /// <param name="root">The document.</param>
    /// <param name="fileOf">The file of every node, by reference.</param>
    public ConfigurationParser(YamlNode root, Dictionary<YamlNode, string> fileOf)
    {
        _fileOf = fileOf;
        string file = fileOf.GetValueOrDefault(root, "");
        Add(file, new StreamStart());
        Add(file, new DocumentStart());
        AddNode(root);
        Add(file, new DocumentEnd(isImplicit: true));
        Add(file, new StreamEnd());
    }

    /// <inheritdoc/>
    public ParsingEvent? Current { get; private set; }

    /// <inheritdoc/>
    public bool MoveNext()
    {
        Current = _next < _events.Count ? _events[_next++] : null;
        return Current is not null;
    }

    /// <summary><c>file:line</c> of a mark that this parser gave out.</summary>
    public string Locate(Mark mark) =>
        $"{_files[(int)Math.Clamp(mark.Index, 0, _files.Count - 1)]}:{mark.Line}";

    private void Add(string file, ParsingEvent parsed)
    {
        _files.Add(file);
        _events.Add(parsed);
    }

    private void AddNode(YamlNode node)
    {
        string file = _fileOf[node];
        Mark start = Number(node.Start);
        Mark end = Number(node.End);
        switch (node)
        {
            case YamlScalarNode scalar:
                Add(
                    file,
                    new Scalar(
                        AnchorName.Empty,
                        scalar.Tag,
                        scalar.Value ?? "",
                        scalar.Style,
                        isPlainImplicit: scalar.Style == ScalarStyle.Plain,
                        isQuotedImplicit: scalar.Style != ScalarStyle.Plain,
                        start,
                        end
                    )
                );
                break;
            case YamlSequenceNode sequence:
                Add(
                    file,
                    new SequenceStart(
                        AnchorName.Empty,
                        sequence.Tag,
                        isImplicit: true,
                        sequence.Style,
                        start,
                        end
                    )
                );
                foreach (YamlNode child in sequence.Children)
                {
                    AddNode(child);
                }

                Add(file, new SequenceEnd(Number(node.End), Number(node.End)));
                break;
            case YamlMappingNode map:
                Add(
                    file,
                    new MappingStart(
                        AnchorName.Empty,
                        map.Tag,
                        isImplicit: true,
                        map.Style,
                        start,
                        end
                    )
                );
                foreach ((YamlNode key, YamlNode value) in map.Children)
                {
                    AddNode(key);
                    AddNode(value);
                }

                Add(file, new MappingEnd(Number(node.End), Number(node.End)));
                break;
        }
    }

    private Mark Number(Mark mark) => new(_events.Count, mark.Line, mark.Column);
}
