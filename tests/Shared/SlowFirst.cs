using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(AsffEdge.Tests.SlowFirst))]

namespace AsffEdge.Tests;

/// <summary>
/// Starts what takes long (category Slow) before the rest: begun last, it would run alone while the other cores have nothing left to do.
/// </summary>
public sealed class SlowFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => IsSlow(collection) ? 0 : 1)];

    // A class without a collection of its own is one, and xunit tells which in its name alone.
    private static bool IsSlow(ITestCollection collection) =>
        collection
            .TestCollectionDisplayName.Split(' ')
            .Select(typeof(SlowFirst).Assembly.GetType)
            .OfType<Type>()
            .SelectMany(type => type.GetMethods().Append<MemberInfo>(type))
            .SelectMany(member => member.GetCustomAttributes<TraitAttribute>())
            .Any(trait => trait is { Name: "Category", Value: "Slow" });
}
