using System.Diagnostics;
using AsffEdge.Control.Models;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Tests.Models;

/// <summary>Keys and signatures are those of OpenSSL, both ways.</summary>
public sealed class ModelSigningTests : IDisposable
{
    private static readonly string Sha256 = new('a', 64);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_signed_here_is_good_for_openssl()
    {
        (string secret, string open) = NewKeys("key");
        File.WriteAllBytes(
            At("signature"),
            Convert.FromBase64String(ModelSigning.Sign(Sha256, secret))
        );
        File.WriteAllText(At("statement"), ModelSignature.Statement(Sha256));

        OpenSsl(
            "pkeyutl",
            "-verify",
            "-rawin",
            "-in",
            At("statement"),
            "-sigfile",
            At("signature"),
            "-pubin",
            "-inkey",
            open
        );
    }

    [Fact]
    public void What_openssl_signed_is_good_here_and_nothing_else_is()
    {
        (string secret, string open) = NewKeys("key");
        (_, string other) = NewKeys("other");
        File.WriteAllText(At("statement"), ModelSignature.Statement(Sha256));
        OpenSsl(
            "pkeyutl",
            "-sign",
            "-rawin",
            "-in",
            At("statement"),
            "-out",
            At("signature"),
            "-inkey",
            secret
        );
        byte[] bytes = File.ReadAllBytes(At("signature"));
        string signature = Convert.ToBase64String(bytes);

        Assert.True(
            ModelSigning.IsSigned(
                Sha256,
                signature,
                [ModelSigning.ReadKey(other), ModelSigning.ReadKey(open)]
            )
        );
        Assert.False(ModelSigning.IsSigned(Sha256, signature, [ModelSigning.ReadKey(other)]));
        Assert.False(ModelSigning.IsSigned(Sha256, signature, []));
        Assert.False(
            ModelSigning.IsSigned(new string('b', 64), signature, [ModelSigning.ReadKey(open)])
        );
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(
                ModelSigning.IsSigned(
                    Sha256,
                    Convert.ToBase64String(flipped),
                    [ModelSigning.ReadKey(open)]
                )
            );
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64!")]
    [InlineData("AAAA")]
    public void What_is_no_signature_is_refused(string signature)
    {
        (_, string open) = NewKeys("key");

        Assert.False(ModelSigning.IsSigned(Sha256, signature, [ModelSigning.ReadKey(open)]));
        Assert.False(
            ModelSigning.IsSigned(Sha256, new string('A', 4000), [ModelSigning.ReadKey(open)])
        );
    }

    [Fact]
    public void A_file_with_another_key_is_named()
    {
        (string secret, string open) = NewKeys("key");
        OpenSsl(
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-out",
            At("ec")
        );

        Assert.Contains(
            At("ec"),
            Assert.Throws<FormatException>(() => ModelSigning.Sign(Sha256, At("ec"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            open,
            Assert.Throws<FormatException>(() => ModelSigning.Sign(Sha256, open)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            secret,
            Assert.Throws<FormatException>(() => ModelSigning.ReadKey(secret)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<FileNotFoundException>(() => ModelSigning.ReadKey(At("none")));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private (string Secret, string Open) NewKeys(string name)
    {
        OpenSsl("genpkey", "-algorithm", "ed25519", "-out", At(name));
        OpenSsl("pkey", "-in", At(name), "-pubout", "-out", At(name + ".pub"));
        return (At(name), At(name + ".pub"));
    }

    private static void OpenSsl(params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("openssl", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
