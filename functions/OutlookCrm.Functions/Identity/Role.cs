namespace OutlookCrm.Identity;

/// <summary>What a caller may do; each role may do all that the one before may.</summary>
public enum Role
{
    Reader,
    Member,
    Owner,
}

/// <summary>
/// The least role that may call this HTTP function. Every HTTP function carries this or <see cref="AnonymousAttribute"/>;
/// one with neither is refused to all.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresAttribute(Role role) : Attribute
{
    public Role Role { get; } = role;
}

/// <summary>May be called without a token.</summary>
/// <param name="why">What protects it instead, or why nothing needs to.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnonymousAttribute(string why) : Attribute
{
    public string Why { get; } = why;
}

internal static class Roles
{
    public static bool TryParse(string? text, out Role role)
    {
        foreach (var known in Enum.GetValues<Role>())
        {
            if (string.Equals(known.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                role = known;
                return true;
            }
        }

        role = default;
        return false;
    }
}
