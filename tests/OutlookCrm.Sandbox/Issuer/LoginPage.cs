using System.Globalization;
using System.Net;
using System.Text;

namespace OutlookCrm.Sandbox.Issuer;

/// <summary>Asks who signs in. There are no passwords: whoever runs the sandbox may be anybody in it.</summary>
internal static class LoginPage
{
    public static IResult Show(SampleColleague? suggested)
    {
        var choices = new StringBuilder();
        foreach (var colleague in SampleFirm.Colleagues.OrderByDescending(colleague => colleague == suggested))
        {
            choices.Append(CultureInfo.InvariantCulture, $"""
                <button name="colleague" value="{colleague.Id}">
                  <strong>{WebUtility.HtmlEncode(colleague.Name)}</strong>
                  <span>{WebUtility.HtmlEncode(colleague.Address)} · {WebUtility.HtmlEncode(colleague.JobTitle)}</span>
                </button>
                """);
        }

        return Results.Content(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width">
              <title>Sign in - {SampleFirm.Name} (sandbox)</title>
              <link rel="stylesheet" href="/sandbox/outlook/login.css">
            </head>
            <body>
              <main>
                <h1>Who signs in?</h1>
                <p>{SampleFirm.Name}, a pretend firm on this machine.</p>
                <form method="post">
                  {choices}
                  <button class="quiet" name="colleague" value="">Cancel</button>
                </form>
              </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8");
    }
}
