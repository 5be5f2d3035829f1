using AsffEdge.Detection;

namespace AsffEdge.Agent.Tracking;

/// <summary>
/// Where a box is and how it moves: centre and size, each at constant velocity, with the uncertainties of DeepSORT (Wojke et al., 2017) as
/// fractions of the box's own size, so that near and far objects behave alike.
/// </summary>
internal struct KalmanBox
{
    private const double StepsPerSecond = 30; // the rate for which the two weights were found
    private const double PositionWeight = 1.0 / 20;
    private const double VelocityWeight = 1.0 / 160;
    private const double Least = 1e-4; // of the picture

    private KalmanAxis _x;
    private KalmanAxis _y;
    private KalmanAxis _width;
    private KalmanAxis _height;

    /// <summary>Begins at rest at <paramref name="box"/>, fractions of the picture.</summary>
    public KalmanBox(in Box box)
    {
        _x = Start((box.Left + box.Right) / 2, box.Width);
        _y = Start((box.Top + box.Bottom) / 2, box.Height);
        _width = Start(box.Width, box.Width);
        _height = Start(box.Height, box.Height);
    }

    /// <summary>Where the box is, as far as known.</summary>
    public readonly Box Box
    {
        get
        {
            double width = Width / 2;
            double height = Height / 2;
            return new Box(
                (float)(_x.Position - width),
                (float)(_y.Position - height),
                (float)(_x.Position + width),
                (float)(_y.Position + height)
            );
        }
    }

    private readonly double Width => Math.Max(Least, _width.Position);

    private readonly double Height => Math.Max(Least, _height.Position);

    /// <summary>Moves on by <paramref name="seconds"/>, at least 0.</summary>
    public void Predict(double seconds)
    {
        double steps = seconds * StepsPerSecond;
        (double width, double height) = (Width, Height);
        _x.Predict(steps, width * PositionWeight, width * VelocityWeight);
        _width.Predict(steps, width * PositionWeight, width * VelocityWeight);
        _y.Predict(steps, height * PositionWeight, height * VelocityWeight);
        _height.Predict(steps, height * PositionWeight, height * VelocityWeight);
    }

    /// <summary>Takes in where the box was seen.</summary>
    public void Correct(in Box box)
    {
        (double width, double height) = (Width * PositionWeight, Height * PositionWeight);
        _x.Correct((box.Left + box.Right) / 2, width);
        _y.Correct((box.Top + box.Bottom) / 2, height);
        _width.Correct(box.Width, width);
        _height.Correct(box.Height, height);
    }

    /// <summary>What is out of sight moves on, but does not grow or shrink.</summary>
    public void HaltSize()
    {
        _width.Halt();
        _height.Halt();
    }

    private static KalmanAxis Start(double position, double size) =>
        new(position, 2 * PositionWeight * size, 10 * VelocityWeight * size);
}
