namespace OutlookCrm.Sandbox;

/// <summary>The small Outlook's page, with the policy that keeps other people's mail from doing anything.</summary>
internal static class OutlookPage
{
    public static void MapOutlookPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpContext context, SandboxAddresses addresses) =>
        {
            var outlook = addresses.Outlook.GetLeftPart(UriPartial.Authority);
            var pane = addresses.Pane.GetLeftPart(UriPartial.Authority);

            // Mails are drawn in frames that inherit this policy: hence inline styles, and images only as data.
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self' {outlook}; "
                + $"frame-src 'self' {outlook} {pane}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            context.Response.Headers.CacheControl = "no-cache";
            return Results.File(Path.Combine(SandboxFolder.Root, "outlook", "index.html"), "text/html; charset=utf-8");
        });
}
