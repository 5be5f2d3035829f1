using OpenCvSharp;

namespace AsffEdge.Trainer.Visualization;

/// <summary>
/// What the paper's Figures 3 and 4 show of a picture: the objects with the level that found each, and for every level the weights that
/// the three levels' maps were fused with and the activation that came of it.
/// </summary>
internal sealed class FusionPicture
{
    private const int Gap = 8;
    private const int TileArea = 240 * 180;
    private const int MinTileWidth = 180;
    private const int ScaleWidth = 160;
    private static readonly Scalar Paper = Scalar.White;

    private readonly FusionView _view;
    private readonly Mat _picture;
    private readonly IReadOnlyList<string> _labels;
    private readonly Size _tile;

    /// <summary>Prepares the drawing.</summary>
    /// <param name="view">What the network saw.</param>
    /// <param name="picture">8-bit BGR, which it saw it in.</param>
    /// <param name="labels">Class names by id.</param>
    public FusionPicture(FusionView view, Mat picture, IReadOnlyList<string> labels)
    {
        _view = view;
        _picture = picture;
        _labels = labels;
        double aspect = (double)picture.Width / picture.Height;
        int width = Math.Max(MinTileWidth, (int)Math.Round(Math.Sqrt(TileArea * aspect)));
        _tile = new Size(width, Math.Max(16, (int)Math.Round(width / aspect)));
    }

    /// <summary>The whole as one picture.</summary>
    /// <param name="title">Its first line.</param>
    /// <returns>8-bit BGR, the caller's to dispose.</returns>
    public Mat Compose(string title)
    {
        int tiles = _view.Levels.Max(level => level.Weights.Count) + 1;
        int rowHeight = (2 * Caption.Height) + _tile.Height + Gap;
        int bodyHeight = (_view.Levels.Count * rowHeight) - Gap;
        int shownWidth = Math.Max(
            _view.Levels.Count * ScaleWidth,
            (int)Math.Round((double)bodyHeight * _tile.Width / _tile.Height)
        );
        int top = Caption.Height + (2 * Gap);
        int left = shownWidth + (2 * Gap);
        var sheet = new Mat(
            top + bodyHeight + Caption.Height + (2 * Gap),
            left + (tiles * (_tile.Width + Gap)),
            MatType.CV_8UC3,
            Paper
        );
        Caption.Write(sheet, title, Gap, Gap);
        using (Mat shown = Detections(new Size(shownWidth, bodyHeight)))
        {
            Paste(shown, sheet, Gap, top);
        }

        for (int row = 0; row < _view.Levels.Count; row++)
        {
            DrawRow(sheet, _view.Levels[row], left, top + (row * rowHeight));
        }

        DrawKeys(sheet, left, top + bodyHeight + Gap, hasWeights: tiles > 1);
        return sheet;
    }

    /// <summary>The picture with its objects, at the size of the original or a given one.</summary>
    /// <returns>8-bit BGR, the caller's to dispose.</returns>
    public Mat Detections(Size? size = null)
    {
        var shown = new Mat();
        Cv2.Resize(_picture, shown, size ?? _picture.Size());
        LevelOverlay.Draw(shown, _view.Objects, _labels);
        return shown;
    }

    /// <summary>The weights of one source level at one level, 0 dark to 1 bright.</summary>
    /// <returns>8-bit BGR, the caller's to dispose.</returns>
    public Mat Weights(LevelMaps level, int source) =>
        HeatMap.Draw(level.Weights[source], 0, 1, _tile);

    /// <summary>The activation of a level, its lowest value dark to its highest bright.</summary>
    /// <returns>8-bit BGR, the caller's to dispose.</returns>
    public Mat Activation(LevelMaps level) =>
        HeatMap.Draw(level.Activation, level.Activation.Min(), level.Activation.Max(), _tile);

    private void DrawRow(Mat sheet, LevelMaps level, int left, int top)
    {
        Scalar colour = Caption.ColourOf(level.Level);
        int count = _view.Objects.Count(found => found.Level == level.Level);
        sheet.Rectangle(new Rect(left, top + 3, 12, 12), colour, -1);
        Caption.Write(
            sheet,
            $"level {level.Level}: stride {level.Stride}, {level.Side} x {level.Side} cells, {(count == 1 ? "1 object" : $"{count} objects")}",
            left + 18,
            top
        );
        int at = left;
        for (int source = 0; source < level.Weights.Count; source++)
        {
            using Mat weights = Weights(level, source);
            DrawTile(
                sheet,
                weights,
                level,
                Caption.Text(
                    $"weight of level {level.FirstSource + source}: mean {level.Weights[source].Average():F2}"
                ),
                at,
                top + Caption.Height
            );
            at += _tile.Width + Gap;
        }

        using Mat activation = Activation(level);
        DrawTile(
            sheet,
            activation,
            level,
            Caption.Text(
                $"{(level.Weights.Count > 0 ? "fused activation" : "activation")}: {level.Activation.Min():G3} to {level.Activation.Max():G3}"
            ),
            at,
            top + Caption.Height
        );
    }

    private void DrawTile(Mat sheet, Mat tile, LevelMaps level, string caption, int left, int top)
    {
        LevelOverlay.Outline(tile, _view.Objects.Where(found => found.Level == level.Level));
        Caption.Write(sheet, caption, left, top, Scalar.All(90));
        Paste(tile, sheet, left, top + Caption.Height);
    }

    /// <summary>Under the picture the colours of the levels, under the maps what their colours stand for.</summary>
    private void DrawKeys(Mat sheet, int left, int top, bool hasWeights)
    {
        for (int level = 0; level < _view.Levels.Count; level++)
        {
            int at = Gap + (level * ScaleWidth);
            sheet.Rectangle(new Rect(at, top + 3, 12, 12), Caption.ColourOf(level), -1);
            Caption.Write(sheet, $"found by level {level}", at + 18, top);
        }

        float[] ramp = [.. Enumerable.Range(0, 64 * 64).Select(i => i % 64 / 63f)];
        using Mat scale = HeatMap.Draw(ramp, 0, 1, new Size(ScaleWidth, 12));
        Paste(scale, sheet, left, top + 3);
        Caption.Write(
            sheet,
            hasWeights
                ? "weights: 0 to 1; activations: lowest to highest of each map"
                : "lowest to highest of each map; this network has no fusion weights",
            left + ScaleWidth + Gap,
            top
        );
    }

    private static void Paste(Mat part, Mat sheet, int left, int top)
    {
        using var place = new Mat(sheet, new Rect(left, top, part.Width, part.Height));
        part.CopyTo(place);
    }
}
