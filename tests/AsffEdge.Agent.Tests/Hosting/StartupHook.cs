/// <summary>
/// What .NET runs in a process before its program when <c>DOTNET_STARTUP_HOOKS</c> names this assembly: holds every thread of the pool once
/// a file appears, as code that blocks where it must not would.
/// </summary>
internal static class StartupHook
{
    /// <summary>Names the file.</summary>
    public const string Variable = "ASFF_TEST_HOLD_THREADS";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } file)
        {
            return;
        }

        Thread waiting = new(() =>
        {
            while (!File.Exists(file))
            {
                Thread.Sleep(20);
            }

            // More than the pool makes threads for within minutes.
            for (int i = 0; i < 10_000; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    static _ => Thread.Sleep(Timeout.Infinite),
                    null
                );
            }
        })
        {
            IsBackground = true,
        };
        waiting.Start();
    }
}
