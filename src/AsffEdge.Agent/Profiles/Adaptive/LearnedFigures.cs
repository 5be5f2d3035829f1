namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>
/// A figure that grows with the network's size, such as milliseconds a frame: measured where a size has run lately, by area where not.
/// </summary>
/// <param name="memory">How long a measurement counts after its size has been left.</param>
internal sealed class LearnedFigures(TimeSpan memory)
{
    private readonly Dictionary<int, (double Value, TimeSpan At)> _measured = [];
    private int _running;
    private bool _isNew;

    /// <summary>Notes what is measured at the size that runs.</summary>
    /// <param name="size">That size.</param>
    /// <param name="value">The figure, above 0.</param>
    /// <param name="isFresh">
    /// Whether the size was chosen so lately that, had it not been known before, its proportion to the others is still being learned. Else a
    /// change means that the device has become faster or slower, and the other sizes' figures are taken along.
    /// </param>
    /// <param name="now">The time.</param>
    public void Measure(int size, double value, bool isFresh, TimeSpan now)
    {
        if (size != _running)
        {
            (_running, _isNew) = (size, !IsKnown(size, now, out _));
        }

        bool isLearning = isFresh && _isNew;
        if (!isLearning && _measured.TryGetValue(size, out (double Value, TimeSpan At) before))
        {
            foreach (int other in _measured.Keys)
            {
                (double Value, TimeSpan At) known = _measured[other];
                _measured[other] = known with { Value = known.Value * value / before.Value };
            }
        }

        _measured[size] = (value, now);
    }

    /// <summary>The figure expected at <paramref name="size"/> while <paramref name="running"/> runs; null before anything is measured there.</summary>
    public double? Expect(int size, int running, TimeSpan now)
    {
        if (IsKnown(size, now, out double own))
        {
            return own;
        }

        double area = (double)size * size / ((double)running * running);
        return _measured.TryGetValue(running, out (double Value, TimeSpan At) known)
            ? known.Value * area
            : null;
    }

    /// <summary>Forgets what was measured at <paramref name="size"/> before a time.</summary>
    public void Forget(int size, TimeSpan before)
    {
        if (_measured.TryGetValue(size, out (double Value, TimeSpan At) own) && own.At < before)
        {
            _measured.Remove(size);
        }
    }

    private bool IsKnown(int size, TimeSpan now, out double value)
    {
        bool isMeasured = _measured.TryGetValue(size, out (double Value, TimeSpan At) own);
        value = own.Value;
        return isMeasured && now - own.At <= memory;
    }
}
