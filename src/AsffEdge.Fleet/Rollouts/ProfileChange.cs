using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>What a manager wants changed, and what it makes of the document that holds.</summary>
/// <param name="Profile">The profile to run; also <c>auto</c> and <c>inherit</c>.</param>
internal sealed record ProfileChange(string Profile)
{
    /// <summary>The cameras that alone are to run <see cref="Profile"/>; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Cameras with a profile of their own, by id.</summary>
    public IReadOnlyDictionary<string, string> Cameras { get; init; } =
        new Dictionary<string, string>();

    /// <summary>How the agents are to watch this change; null: as they do by themselves.</summary>
    public DesiredPolicy? Policy { get; init; }

    /// <summary>Whether nothing of the document that holds is kept.</summary>
    public bool Replace { get; init; }

    /// <summary>Whether the source shall ask for nothing any more.</summary>
    public bool IsInherit => Profile == ReservedProfile.Inherit;

    /// <summary>
    /// The document after the change. Of <paramref name="basis"/> it keeps the cameras that the change does not name and the profiles that it
    /// adds, but not the policy, which belongs to the change it came with.
    /// </summary>
    /// <param name="basis">What holds; null: nothing, which does only when all cameras change.</param>
    /// <param name="isCamera">Whether there is a camera of this id; what holds for others is not carried along, since an agent would refuse it.</param>
    /// <param name="head">Revision, time and author; its profile is not looked at.</param>
    public DesiredDocument ApplyTo(
        DesiredDocument? basis,
        Func<string, bool> isCamera,
        DesiredDocument head
    )
    {
        if (IsInherit)
        {
            return head with { Profile = Profile };
        }

        SortedDictionary<string, DesiredCamera> cameras = new(StringComparer.Ordinal);
        if (basis?.Cameras is { } held && !Replace)
        {
            foreach ((string camera, DesiredCamera profile) in held.Where(own => isCamera(own.Key)))
            {
                cameras[camera] = profile;
            }
        }

        foreach (string camera in Only.Where(isCamera))
        {
            cameras[camera] = new DesiredCamera(Profile);
        }

        foreach ((string camera, string profile) in Cameras.Where(own => isCamera(own.Key)))
        {
            cameras[camera] = new DesiredCamera(profile);
        }

        return head with
        {
            Profile = Only.Count == 0 ? Profile : basis!.Profile,
            Cameras = cameras.Count > 0 ? cameras : null,
            Profiles = Replace ? null : basis?.Profiles,
            Policy = Policy,
        };
    }
}
