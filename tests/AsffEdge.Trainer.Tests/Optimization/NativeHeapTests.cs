using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

public sealed class NativeHeapTests
{
    [Fact]
    public void The_systems_library_takes_the_options()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "they are those of glibc");
        Assert.True(NativeHeap.KeepFreed());
    }
}
