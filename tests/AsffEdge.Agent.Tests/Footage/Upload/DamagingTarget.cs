using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>Sends one byte other than it was when the body was hashed and signed.</summary>
internal sealed class DamagingTarget(IPackTarget inner) : IPackTarget
{
    public long BytesSent => inner.BytesSent;

    public Task<bool> HasAsync(PackPlan plan, CancellationToken ct) => inner.HasAsync(plan, ct);

    public Task PutAsync(PackPlan plan, Stream pack, CancellationToken ct) =>
        inner.PutAsync(plan, new Damaging(pack), ct);

    public void Dispose() => inner.Dispose();

    private sealed class Damaging(Stream inner) : Stream
    {
        private int _times;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            bool isFirst = inner.Position == 0;
            int read = inner.Read(buffer, offset, count);
            if (isFirst && read > 0 && ++_times > 1)
            {
                buffer[offset + read - 1] ^= 1;
            }

            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException();
    }
}
