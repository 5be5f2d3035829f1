using AsffEdge.Detection;
using BenchmarkDotNet.Attributes;

namespace AsffEdge.Benchmarks;

/// <summary>
/// Decoding and suppression of a crowded frame at 608 with 80 classes, beside a plain version that decodes every box first. Budget:
/// 0.5 ms, 0 bytes. Three predictions a cell are YOLOv3's 22,743 boxes, four are this network's 30,324.
/// </summary>
[MemoryDiagnoser]
public class PostprocessBenchmarks
{
    private const float ScoreThreshold = 0.25f;
    private const float NmsThreshold = 0.6f;

    private readonly CandidateBuffer _candidates = new(4096);
    private CrowdedFrame _frame = new(1);

    /// <summary>Predictions a cell.</summary>
    [Params(3, 4)]
    public int Predictions { get; set; }

    /// <summary>Makes the frame, and checks that both versions find the same.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _frame = new(Predictions);
        (int plain, int found) = (DecodeEverything(), DecodeSurvivors());
        if (plain != found || found == 0)
        {
            throw new InvalidOperationException(
                $"the plain version keeps {plain} objects, the other {found}"
            );
        }
    }

    /// <summary>σ and exp of everything, then filter, sort and suppress.</summary>
    [Benchmark(Baseline = true)]
    public int DecodeEverything()
    {
        var objects = new List<DetectedObject>();
        for (int level = 0; level < _frame.Heads.Length; level++)
        {
            HeadShape shape = _frame.Shapes[level];
            float[] rows = new float[shape.Length];
            YoloDecoder.DecodeAll(_frame.Heads[level], shape, rows);
            foreach (float[] row in rows.Chunk(shape.ValuesPerPrediction))
            {
                float best = row[5];
                int label = 0;
                for (int i = 1; i < shape.Classes; i++)
                {
                    if (row[5 + i] > best)
                    {
                        (best, label) = (row[5 + i], i);
                    }
                }

                if (row[4] * best >= ScoreThreshold)
                {
                    var box = new Box(
                        row[0] - (row[2] / 2),
                        row[1] - (row[3] / 2),
                        row[0] + (row[2] / 2),
                        row[1] + (row[3] / 2)
                    );
                    objects.Add(new(box, row[4], best, label, level));
                }
            }
        }

        var kept = new List<DetectedObject>();
        foreach (DetectedObject candidate in objects.OrderByDescending(found => found.Score))
        {
            if (
                !kept.Exists(better =>
                    better.ClassId == candidate.ClassId
                    && better.Box.IoU(candidate.Box) > NmsThreshold
                )
            )
            {
                kept.Add(candidate);
            }
        }

        return kept.Count;
    }

    /// <summary>Objectness first, the rest for survivors only.</summary>
    [Benchmark]
    public int DecodeSurvivors()
    {
        _candidates.Clear();
        for (int level = 0; level < _frame.Heads.Length; level++)
        {
            YoloDecoder.Decode(
                _frame.Heads[level],
                _frame.Shapes[level],
                ScoreThreshold,
                _candidates
            );
        }

        return NonMaximumSuppression.Suppress(_candidates.Best(), NmsThreshold);
    }
}
