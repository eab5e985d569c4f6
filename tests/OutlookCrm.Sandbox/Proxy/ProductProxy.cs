using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace OutlookCrm.Sandbox.Proxy;

/// <summary>Passes <c>/api</c> on to the product, so that pane, API and small Outlook share one hostname as they do in production.</summary>
public sealed class ProductProxy : IDisposable
{
    // Between two neighbours only (RFC 9110, 7.6.1); Host is the product's own.
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });

    /// <summary>Where the product answers. Set after start when its settings had to name the sandbox first.</summary>
    public Uri? Product { get; set; }

    public void Dispose() => client.Dispose();

    public async Task ForwardAsync(HttpContext context)
    {
        if (Product is not { } product)
        {
            await RefuseAsync(context, "The sandbox has not been told where the product is.");
            return;
        }

        var rewritesPage = HttpMethods.IsGet(context.Request.Method) && context.Request.Path == PanePage.Path;
        using var request = CreateRequest(context, product, rewritesPage);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, context.RequestAborted);
        }
        catch (HttpRequestException failure)
        {
            await RefuseAsync(context, $"The product at {product} does not answer ({failure.HttpRequestError}).");
            return;
        }

        using (response)
        {
            context.Response.StatusCode = (int)response.StatusCode;
            Copy(response.Headers, context.Response.Headers);
            Copy(response.Content.Headers, context.Response.Headers);
            if (rewritesPage && response.StatusCode == HttpStatusCode.OK)
            {
                await SendRewrittenAsync(context, response);
            }
            else
            {
                await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        }
    }

    private static HttpRequestMessage CreateRequest(HttpContext context, Uri product, bool rewritesPage)
    {
        // The raw target: an escaped slash in an id must reach the product escaped.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(product, target));
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            // A page that is rewritten must come whole and unpacked.
            if (name[0] == ':' || HopByHop.Contains(name)
                || (rewritesPage && (name.StartsWith("If-", StringComparison.OrdinalIgnoreCase)
                    || name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase))))
            {
                continue;
            }

            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        request.Headers.TryAddWithoutValidation("X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString());
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", context.Request.Host.Value);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", context.Request.Scheme);
        return request;
    }

    private static async Task SendRewrittenAsync(HttpContext context, HttpResponseMessage response)
    {
        var page = Encoding.UTF8.GetBytes(PanePage.Rewrite(await response.Content.ReadAsStringAsync(context.RequestAborted)));
        context.Response.Headers.Remove("ETag");
        context.Response.ContentLength = page.Length;
        await context.Response.Body.WriteAsync(page, context.RequestAborted);
    }

    private static void Copy(System.Net.Http.Headers.HttpHeaders from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!HopByHop.Contains(name))
            {
                to[name] = new StringValues([.. values]);
            }
        }
    }

    private static Task RefuseAsync(HttpContext context, string why) =>
        Results.Problem(why, statusCode: StatusCodes.Status502BadGateway, title: "The product is not there").ExecuteAsync(context);
}
