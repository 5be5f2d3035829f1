using Microsoft.ML.OnnxRuntime;

namespace AsffEdge.Detection;

/// <summary>
/// Where ONNX Runtime computes. <c>cuda</c> and <c>tensorrt</c> need a build with the GPU package (<c>-p:Accelerator=cuda</c>); their
/// settings follow ONNX Runtime's documentation and have not been run on such a device.
/// </summary>
internal static class ExecutionProvider
{
    public static readonly string[] Names = ["cpu", "cuda", "tensorrt"];

    /// <summary>A session on one provider.</summary>
    /// <exception cref="NotSupportedException">The provider is not in this build.</exception>
    /// <exception cref="OnnxRuntimeException">The provider finds no device, or the file cannot be loaded.</exception>
    public static InferenceSession CreateSession(
        string provider,
        string path,
        DetectorOptions options
    )
    {
        CheckAvailable(provider);
        using var session = new SessionOptions
        {
            // One session serves all sizes: a pattern would be recorded, and memory held, for each.
            EnableMemoryPattern = false,
            IntraOpNumThreads = options.Threads,
            InterOpNumThreads = 1,

            // Errors reach the caller as exceptions, which say the same.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        session.AddSessionConfigEntry(
            "session.intra_op.allow_spinning",
            options.AllowSpinning ? "1" : "0"
        );
        Append(provider, session);
        return new(path, session);
    }

    /// <summary>Whether this build of ONNX Runtime has a provider; not whether there is a device for it.</summary>
    public static bool IsAvailable(string provider) =>
        OrtEnv
            .Instance()
            .GetAvailableProviders()
            .Contains(
                provider switch
                {
                    "cpu" => "CPUExecutionProvider",
                    "cuda" => "CUDAExecutionProvider",
                    _ => "TensorrtExecutionProvider",
                }
            );

    private static void CheckAvailable(string provider)
    {
        if (!IsAvailable(provider))
        {
            string available = string.Join(", ", OrtEnv.Instance().GetAvailableProviders());
            throw new NotSupportedException(
                $"not in this build, which has {available}; build with -p:Accelerator=cuda"
            );
        }
    }

    private static void Append(string provider, SessionOptions session)
    {
        if (provider == "tensorrt")
        {
            using var tensorRt = new OrtTensorRTProviderOptions();
            session.AppendExecutionProvider_Tensorrt(tensorRt);
        }

        // What TensorRT cannot take is left to CUDA.
        if (provider is "tensorrt" or "cuda")
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(
                new Dictionary<string, string>
                {
                    ["cudnn_conv_algo_search"] = "HEURISTIC",
                    ["arena_extend_strategy"] = "kSameAsRequested",
                }
            );
            session.AppendExecutionProvider_CUDA(cuda);
        }
    }
}
