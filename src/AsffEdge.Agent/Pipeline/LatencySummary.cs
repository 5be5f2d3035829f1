namespace AsffEdge.Agent.Pipeline;

/// <summary>Median and 95th percentile of recent durations, in milliseconds; 0 when there were none.</summary>
public readonly record struct LatencySummary(double P50, double P95);
