using Microsoft.AspNetCore.Cors.Infrastructure;

namespace OutlookCrm.Sandbox;

/// <summary>Pages of this machine may call issuer and Graph, whatever their port; no other page may.</summary>
internal static class SandboxCors
{
    public const string Policy = "this machine";

    public static void Configure(CorsOptions options) => options.AddPolicy(Policy, policy => policy
        .SetIsOriginAllowed(origin => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.IsLoopback)
        .AllowAnyHeader()
        .AllowAnyMethod());
}
