using System.Reflection;
using BenchmarkDotNet.Running;

// For example: --filter '*' --job short -i
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
