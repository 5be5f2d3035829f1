using AsffEdge.Trainer.Tests;
using static TorchSharp.torch;

[assembly: AssemblyFixture(typeof(OneThreadPerTest))]

namespace AsffEdge.Trainer.Tests;

/// <summary>Tests run in parallel already: tensor threads on top of that would fight for the same cores.</summary>
public sealed class OneThreadPerTest
{
    public OneThreadPerTest() => set_num_threads(1);
}
