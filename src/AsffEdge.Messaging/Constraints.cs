using System.ComponentModel.DataAnnotations;

namespace AsffEdge.Messaging;

// What values may be, beside their types: said on the records with these and the attributes of the class library, from which the JSON
// Schemas of docs/mqtt are made. On a dictionary a pattern is that of the keys, on a list that of the items.

/// <summary>An id, see <see cref="Identifier"/>.</summary>
internal sealed class IdAttribute() : RegularExpressionAttribute(Identifier.Pattern);

/// <summary>Lower-case hexadecimal digits.</summary>
internal sealed class HexAttribute(int digits)
    : RegularExpressionAttribute($"^[0-9a-f]{{{digits}}}$");

/// <summary>A day such as <c>2026-03-01</c>.</summary>
internal sealed class DayAttribute() : RegularExpressionAttribute(Pattern)
{
    /// <summary>What it looks like.</summary>
    public new const string Pattern = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
}

/// <summary>A track's id: the boot of the process that followed it, and its number there.</summary>
internal sealed class TrackIdAttribute() : RegularExpressionAttribute("^[0-9a-f]{6}-[1-9][0-9]*$");

/// <summary>A number that is at least <paramref name="least"/>.</summary>
internal sealed class AtLeastAttribute(double least)
    : RangeAttribute(least, double.PositiveInfinity);

/// <summary>A network input size in pixels, see <see cref="DesiredDocumentReader.IsSize"/>.</summary>
internal sealed class NetworkSizeAttribute()
    : RangeAttribute(DesiredDocumentReader.MinSize, DesiredDocumentReader.MaxSize);

/// <summary>A revision of desired documents.</summary>
internal sealed class RevisionAttribute() : RangeAttribute(1, StrictDocument.MaxRev);

/// <summary>The version of the contract.</summary>
internal sealed class VersionOneAttribute() : AllowedValuesAttribute(1);
