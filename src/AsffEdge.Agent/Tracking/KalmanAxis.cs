namespace AsffEdge.Agent.Tracking;

/// <summary>A Kalman filter of one coordinate that moves at constant velocity. Units are the caller's; time is in steps of 1/30 s.</summary>
internal struct KalmanAxis
{
    private double _velocity;
    private double _variance;
    private double _covariance;
    private double _velocityVariance;

    /// <summary>Where it is, as far as known.</summary>
    public double Position { get; private set; }

    /// <summary>Begins at rest.</summary>
    /// <param name="position">Where it was seen.</param>
    /// <param name="deviation">Standard deviation of the position.</param>
    /// <param name="velocityDeviation">Standard deviation of the velocity, a step.</param>
    public KalmanAxis(double position, double deviation, double velocityDeviation)
    {
        Position = position;
        _variance = deviation * deviation;
        _velocityVariance = velocityDeviation * velocityDeviation;
    }

    /// <summary>Moves on.</summary>
    /// <param name="steps">How far, at least 0.</param>
    /// <param name="deviation">What a step adds to the uncertainty of the position.</param>
    /// <param name="velocityDeviation">What a step adds to that of the velocity.</param>
    public void Predict(double steps, double deviation, double velocityDeviation)
    {
        Position += _velocity * steps;
        _variance +=
            (steps * ((2 * _covariance) + (steps * _velocityVariance)))
            + (steps * deviation * deviation);
        _covariance += steps * _velocityVariance;
        _velocityVariance += steps * velocityDeviation * velocityDeviation;
    }

    /// <summary>Takes a measurement in.</summary>
    public void Correct(double measured, double deviation)
    {
        double total = _variance + (deviation * deviation);
        double gain = _variance / total;
        double velocityGain = _covariance / total;
        double surprise = measured - Position;
        Position += gain * surprise;
        _velocity += velocityGain * surprise;
        _velocityVariance -= velocityGain * _covariance;
        _covariance -= gain * _covariance;
        _variance -= gain * _variance;
    }

    /// <summary>Stops: what is out of sight keeps its size.</summary>
    public void Halt() => _velocity = 0;
}
