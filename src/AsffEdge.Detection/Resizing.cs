using OpenCvSharp;
using OpenCvSharp.Internal;

namespace AsffEdge.Detection;

/// <summary>
/// Scales pictures as <c>Cv2.Resize</c> does, without the wrapper objects that it makes on the managed heap at every
/// call.
/// </summary>
public static class Resizing
{
    // Every camera and every loader scales on a thread of its own already: OpenCV's would only take cores from inference.
    static Resizing() => Cv2.SetNumThreads(1);

    /// <summary>Scales a picture. Allocates nothing on the managed heap.</summary>
    /// <param name="from">A picture of any size and type.</param>
    /// <param name="to">Another one, which becomes the scaled picture; its memory is reused when it fits.</param>
    /// <param name="size">The new size in pixels.</param>
    /// <param name="interpolation">How pixels are mixed.</param>
    /// <exception cref="OpenCVException">The picture or the size is empty.</exception>
    public static void Resize(Mat from, Mat to, Size size, InterpolationFlags interpolation)
    {
        NativeMethods.HandleException(
            NativeMethods.core_InputArray_new_byMat(from.CvPtr, out nint input)
        );
        NativeMethods.HandleException(
            NativeMethods.core_OutputArray_new_byMat(to.CvPtr, out nint output)
        );
        ExceptionStatus status = NativeMethods.imgproc_resize(
            input,
            output,
            size,
            0,
            0,
            (int)interpolation
        );
        NativeMethods.core_InputArray_delete(input);
        NativeMethods.core_OutputArray_delete(output);
        GC.KeepAlive(from);
        GC.KeepAlive(to);
        NativeMethods.HandleException(status);
    }
}
