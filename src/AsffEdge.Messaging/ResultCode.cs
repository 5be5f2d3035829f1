using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Why a document or a command was taken or not, in <c>reported</c> and in replies.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResultCode>))]
public enum ResultCode
{
    /// <summary>Done as asked.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It names a profile that neither the document nor the agent's configuration has.</summary>
    [JsonStringEnumMemberName("unknown_profile")]
    UnknownProfile,

    /// <summary>A size is no multiple of 32 from 320 to 800, or not one the model was made for.</summary>
    [JsonStringEnumMemberName("bad_size")]
    BadSize,

    /// <summary>Its <c>rev</c> is not greater than the one the agent holds.</summary>
    [JsonStringEnumMemberName("stale_rev")]
    StaleRev,

    /// <summary>Not JSON, too large, too deep, an unknown key, a missing key or a value of the wrong kind.</summary>
    [JsonStringEnumMemberName("bad_document")]
    BadDocument,

    /// <summary>A command that came retained, that has expired or that was issued more than 300 s ago.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>A command this agent does not know.</summary>
    [JsonStringEnumMemberName("unknown_command")]
    UnknownCommand,

    /// <summary>Fewer frames a second were inferred than the policy's <c>min_fps</c> although the cameras delivered them.</summary>
    [JsonStringEnumMemberName("too_slow")]
    TooSlow,

    /// <summary>There is not enough memory for it, or it took more than the policy's <c>max_memory_mb</c>.</summary>
    [JsonStringEnumMemberName("out_of_memory")]
    OutOfMemory,

    /// <summary>A newer document of the same source came before this one's turn.</summary>
    [JsonStringEnumMemberName("superseded")]
    Superseded,

    /// <summary>The model file is damaged, of another kind or not for this agent; <c>detail</c> says what is wrong with it. The model before goes on.</summary>
    [JsonStringEnumMemberName("bad_model")]
    BadModel,

    /// <summary>The broker takes no packet as large as what was asked for; <c>detail</c> says how large.</summary>
    [JsonStringEnumMemberName("too_large")]
    TooLarge,

    /// <summary>A model's file could not be fetched; what is here of it is kept, and asking again goes on from there.</summary>
    [JsonStringEnumMemberName("not_fetched")]
    NotFetched,

    /// <summary>A model is not signed, or not by a key that the agent trusts.</summary>
    [JsonStringEnumMemberName("bad_signature")]
    BadSignature,

    /// <summary>A model is at an address from which the agent fetches none; <c>detail</c> says from where it does.</summary>
    [JsonStringEnumMemberName("bad_source")]
    BadSource,

    /// <summary>A model is not here: it was never staged, or nothing was in use before.</summary>
    [JsonStringEnumMemberName("unknown_model")]
    UnknownModel,

    /// <summary>In the shadow of the one in use a model failed, took too long or agreed too little.</summary>
    [JsonStringEnumMemberName("bad_shadow")]
    BadShadow,

    /// <summary>The agent could not do it; <c>detail</c> says why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
