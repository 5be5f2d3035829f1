namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>What a <see cref="FaultRtspServer"/> does wrong, from the next frame or connection on.</summary>
public enum RtspFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Sends no more pictures; requests are still answered.</summary>
    Stall,

    /// <summary>As if the cable were cut: no more is sent or answered, and no connection ends.</summary>
    HalfOpen,

    /// <summary>Resets every connection (RST).</summary>
    Reset,

    /// <summary>Accepts connections and never says anything.</summary>
    BlackHole,

    /// <summary>Accepts connections and closes them.</summary>
    CloseAtOnce,

    /// <summary>Sends noise without end instead of answers.</summary>
    Garbage,

    /// <summary>Knows no such stream.</summary>
    NotFound,

    /// <summary>Answers a stream of a codec that nobody knows.</summary>
    UnknownCodec,

    /// <summary>Answers a stream without video.</summary>
    OnlyAudio,

    /// <summary>Damages one packet in fifty.</summary>
    Corruption,

    /// <summary>Loses one packet in twenty-five, of streams over UDP.</summary>
    Loss,

    /// <summary>Sends one picture again and again, with new times.</summary>
    Frozen,

    /// <summary>Its clock is a year off, and its times jump by an hour, back and forth.</summary>
    WrongClock,

    /// <summary>Sends every picture later than the one before: its times advance at a tenth of the speed at which it sends.</summary>
    FallingBehind,
}
