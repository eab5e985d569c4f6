namespace OutlookCrm.Identity;

/// <summary>Who calls, as the validated token says; the only source of a tenant.</summary>
/// <param name="TenantId">The token's <c>tid</c>.</param>
/// <param name="UserId">The token's <c>oid</c>; with the tenant the only key to a person.</param>
/// <param name="Name">For showing, never for deciding.</param>
/// <param name="Address">The preferred user name, which may change and be anybody's: for showing and for the firm's own domains. Null for a guest.</param>
public sealed record Caller(Guid TenantId, Guid UserId, string Name, string? Address, Role Role)
{
    /// <summary>The token's <c>nbf</c>, by the issuer's clock: this call was not before. Null of who calls without one.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
