using System.Collections.Concurrent;
using System.Diagnostics;
using AsffEdge.Trainer.Augmentation;
using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>
/// Makes batches ahead of the training, in order. What a batch holds depends on the seed, the epoch and the samples only,
/// not on the number of workers, so a run that starts again at an epoch sees what it would have seen.
/// </summary>
public sealed class BatchLoader : IDisposable
{
    private readonly IDetectionDataset _dataset;
    private readonly BatchLoaderOptions _options;
    private readonly int _newCount;
    private readonly int _newPerBatch;
    private readonly TaskFactory _workers;
    private readonly ConcurrentBag<Batch> _batches = [];
    private readonly ConcurrentBag<SampleWriter> _writers = [];
    private (int Round, int[] Order) _oldOrder = (-1, []);
    private long _waited;
    private long _elapsed;

    /// <exception cref="ArgumentException">The batch is larger than the data set, or a count is below 1.</exception>
    public BatchLoader(IDetectionDataset dataset, BatchLoaderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Prefetch, 1);
        _newCount = options.Rehearsal?.First ?? dataset.Count;
        _newPerBatch = options.BatchSize - (options.Rehearsal?.PerBatch ?? 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(_newPerBatch, 1);
        StepsPerEpoch = options.DropLast
            ? _newCount / _newPerBatch
            : (_newCount + _newPerBatch - 1) / _newPerBatch;
        if (StepsPerEpoch == 0)
        {
            throw new ArgumentException(
                $"a batch of {_newPerBatch} is more than the {_newCount} images; allowed: 1 to {_newCount}"
            );
        }

        _dataset = dataset;
        _options = options;
        var scheduler = new ConcurrentExclusiveSchedulerPair(
            TaskScheduler.Default,
            options.Workers
        );
        _workers = new TaskFactory(scheduler.ConcurrentScheduler);
        // A worker is one thread; OpenCV's own would compete with the training's.
        Cv2.SetNumThreads(1);
    }

    public int StepsPerEpoch { get; }

    /// <summary>Share of the time since the first batch was asked for that the training spent waiting for batches, 0..1.</summary>
    public double WaitShare => _elapsed == 0 ? 0 : (double)_waited / _elapsed;

    /// <summary>The batches of some epochs; as <see cref="RunSteps"/>.</summary>
    /// <param name="firstEpoch">From 0; steps count on from there as if all epochs before had run.</param>
    /// <param name="epochs">How many epochs.</param>
    /// <param name="cancellation">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<Batch> Run(
        int firstEpoch,
        int epochs,
        CancellationToken cancellation = default
    ) => RunSteps(firstEpoch * StepsPerEpoch, (firstEpoch + epochs) * StepsPerEpoch, cancellation);

    /// <summary>The batches of some steps, in order; one enumeration at a time. Work goes on in the background between two of them.</summary>
    /// <param name="next">The first step, counted from the start of training; within an epoch, it is the batch that would have come there.</param>
    /// <param name="end">The step after the last.</param>
    /// <param name="cancellation">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DatasetException">A picture cannot be read; thrown where its batch is asked for.</exception>
    public IEnumerable<Batch> RunSteps(int next, int end, CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        (_waited, _elapsed) = (0, 0);
        var ahead = new Queue<Task<Batch>>();
        int[] order = Order(next / StepsPerEpoch);
        try
        {
            while (next < end || ahead.Count > 0)
            {
                for (; ahead.Count < _options.Prefetch && next < end; next++)
                {
                    order = next % StepsPerEpoch == 0 ? Order(next / StepsPerEpoch) : order;
                    ahead.Enqueue(Start(next, order, cancellation));
                }

                long asked = Stopwatch.GetTimestamp();
                Batch batch = ahead.Dequeue().GetAwaiter().GetResult();
                long given = Stopwatch.GetTimestamp();
                _waited += given - asked;
                _elapsed = given - started;
                yield return batch;
            }
        }
        finally
        {
            // What was made ahead and will not be used must not be running when the caller disposes the data set.
            Task.WhenAll(ahead)
                .ContinueWith(_ => { }, TaskScheduler.Default)
                .Wait(CancellationToken.None);
            foreach (Task<Batch> made in ahead.Where(task => task.IsCompletedSuccessfully))
            {
                made.Result.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (SampleWriter writer in _writers)
        {
            writer.Dispose();
        }
    }

    private Task<Batch> Start(int step, int[] order, CancellationToken cancellation)
    {
        int epoch = step / StepsPerEpoch;
        int first = step % StepsPerEpoch * _newPerBatch;
        int[] indices = WithOld(step, order[first..Math.Min(first + _newPerBatch, order.Length)]);
        int size = _options.SizeAt(step);
        AugmentationOptions augmentation = _options.AugmentationAt(epoch);
        augmentation.Validate();
        return _workers.StartNew(
            () => Make(epoch, step, size, indices, augmentation, cancellation),
            cancellation
        );
    }

    private Batch Make(
        int epoch,
        int step,
        int size,
        int[] indices,
        AugmentationOptions augmentation,
        CancellationToken cancellation
    )
    {
        Batch batch = _batches.TryTake(out Batch? used) ? used : new Batch(_batches.Add);
        SampleWriter writer = _writers.TryTake(out SampleWriter? idle)
            ? idle
            : new SampleWriter(_dataset, _options);
        try
        {
            batch.Begin(epoch, step, size, indices);
            for (int position = 0; position < indices.Length; position++)
            {
                cancellation.ThrowIfCancellationRequested();
                SampleRandom random = SampleRandom.For(_options.Seed, epoch, indices[position]);
                writer.Write(batch, position, augmentation, random);
            }

            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
        finally
        {
            _writers.Add(writer);
        }
    }

    private int[] Order(int epoch) =>
        _options.Shuffle
            ? SampleRandom.For(_options.Seed, epoch, -1).Permutation(_newCount)
            : [.. Enumerable.Range(0, _newCount)];

    // The old pictures of a step, spread among the new ones, so that every part of an accumulated batch has its share.
    private int[] WithOld(int step, int[] current)
    {
        if (_options.Rehearsal is not { } rehearsal)
        {
            return current;
        }

        int total = current.Length + rehearsal.PerBatch;
        int[] mixed = new int[total];
        int old = 0;
        for (int position = 0; position < total; position++)
        {
            bool isOld =
                (position + 1L) * rehearsal.PerBatch / total
                > (long)position * rehearsal.PerBatch / total;
            mixed[position] = isOld
                ? OldAt((long)step * rehearsal.PerBatch + old++, rehearsal.First)
                : current[position - old];
        }

        return mixed;
    }

    // The n-th old picture since the start of training: one round over all of them after the other, each in an order of its own.
    private int OldAt(long number, int first)
    {
        int count = _dataset.Count - first;
        int round = (int)(number / count);
        if (_oldOrder.Round != round)
        {
            _oldOrder = (
                round,
                _options.Shuffle
                    ? SampleRandom.For(~_options.Seed, round, -1).Permutation(count)
                    : [.. Enumerable.Range(0, count)]
            );
        }

        return first + _oldOrder.Order[number % count];
    }
}
