using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Kiota.Abstractions;
using OutlookCrm.Graph;

namespace OutlookCrm.Tests.Graph;

/// <summary>The one list of what may be written, for a request and for each part of a batch alike.</summary>
public sealed class GraphWriteGuardTests
{
    private const string Root = "https://graph.example/v1.0";

    [Theory]
    [InlineData("POST", "/users/mira/sendMail", "{}")]
    [InlineData("POST", "/users/mira/messages/1/send", "{}")]
    [InlineData("PATCH", "/users/mira/messages/1", "{}")]
    [InlineData("DELETE", "/users/mira/messages/1", "{}")]
    [InlineData("POST", "/users/mira/mailFolders/inbox/messages", "{}")]
    [InlineData("POST", "/users/mira/events/../sendMail", "{}")]
    [InlineData("POST", "/users/mira/messages", """{"toRecipients":[{"emailAddress":{"address":"kim@hotel-sonne.example"}}]}""")]
    [InlineData("POST", "/users/mira/messages", """{"bccRecipients":[{"emailAddress":{"address":"kim@hotel-sonne.example"}}]}""")]
    public void No_other_write_of_mail_leaves_the_product_alone_or_within_a_batch(string method, string path, string body)
    {
        Assert.True(IsRefused(method, path, body));
        Assert.True(IsRefused("POST", "/$batch", Batch(("GET", "/users/mira/messages", null), (method, path, body))));
    }

    [Theory]
    [InlineData("POST", "/users/mira/messages", """{"subject":"Your day","toRecipients":[]}""")]
    [InlineData("PATCH", "/users/mira/events/1", """{"subject":"Call Kim"}""")]
    [InlineData("DELETE", "/users/mira/todo/lists/1/tasks/2", null)]
    public void What_is_on_the_list_leaves_alone_or_within_a_batch(string method, string path, string? body)
    {
        Assert.False(IsRefused(method, path, body ?? ""));
        Assert.False(IsRefused("POST", "/$batch", Batch(("GET", "/users/mira/messages?$top=1", null), (method, path, body))));
    }

    [Fact]
    public void A_batch_that_hides_another_or_says_nothing_of_its_parts_is_refused()
    {
        Assert.True(IsRefused("POST", "/$batch", Batch(("POST", "/$batch", Batch(("POST", "/users/mira/sendMail", "{}"))))));
        Assert.True(IsRefused("POST", "/$batch", """{"requests":[{"id":"1","url":"/users/mira/messages/1"}]}"""));
        Assert.True(IsRefused("POST", "/$batch", """{"requests":[{"id":"1","method":"DELETE"}]}"""));
        Assert.True(IsRefused("POST", "/$batch", "{}"));
    }

    private static string Batch(params (string Method, string Url, string? Body)[] parts) => JsonSerializer.Serialize(new
    {
        requests = parts.Select((part, n) => new { id = $"{n}", method = part.Method, url = part.Url, body = part.Body is null ? null : JsonNode.Parse(part.Body) }),
    });

    private static bool IsRefused(string method, string path, string body)
    {
        var request = new RequestInformation { HttpMethod = Enum.Parse<Method>(method), URI = new Uri(Root + path) };
        request.SetStreamContent(new MemoryStream(Encoding.UTF8.GetBytes(body)), "application/json");
        return Record.Exception(() => GraphWriteGuard.Check(request, Root)) is InvalidOperationException;
    }
}
