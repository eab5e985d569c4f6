using System.Text.Json.Nodes;
using OutlookCrm.Http;

namespace OutlookCrm.Tests.Http;

/// <summary>Good requests, made by hand; bad ones are made of them by changing one thing.</summary>
internal static class SampleRequests
{
    public static JsonObject Of(HttpEndpoint endpoint) => endpoint.Takes!.Request.Name switch
    {
        "CreateCustomerRequest" => new()
        {
            ["name"] = "Kim Customer",
            ["address"] = "kim@kunde.example",
            ["kind"] = "person",
            ["company"] = "Kunde GmbH",
            ["jobTitle"] = "Buyer",
            ["phones"] = new JsonArray(new JsonObject { ["label"] = "work", ["number"] = "+49 30 1234" }),
            ["postalAddress"] = new JsonObject { ["street"] = "Weg 1", ["postalCode"] = "10115", ["city"] = "Berlin", ["country"] = "DE" },
            ["language"] = "de",
            ["website"] = "https://kunde.example",
            ["stage"] = "prospect",
            ["source"] = "mail",
        },
        "UpdateCustomerRequest" => new()
        {
            ["name"] = "Kim Changed",
            ["company"] = "Kunde AG",
            ["jobTitle"] = "Head of buying",
            ["phones"] = new JsonArray(new JsonObject { ["number"] = "+49 30 99" }),
            ["postalAddress"] = new JsonObject { ["city"] = "Hamburg" },
            ["language"] = "en",
            ["website"] = "https://kunde.example/en",
            ["stage"] = "customer",
            ["tags"] = new JsonArray("vip"),
            ["expectations"] = new JsonArray(new JsonObject { ["text"] = "before Christmas", ["on"] = "2026-03-01" }),
            ["preferences"] = new JsonObject { ["contactBy"] = "phone", ["noCampaigns"] = true, ["note"] = "not before 10\nnever on Friday" },
        },
        "AddAddressRequest" => new() { ["address"] = "kim@privat.example", ["label"] = "private", ["primary"] = false, ["source"] = "typed" },
        "AddNoteRequest" => new() { ["id"] = "0b0d6f6e-6d5f-4bb5-9a9f-0d5a3b7c1d11", ["text"] = "Called.\nWill call back.", ["at"] = "2026-03-01T10:00:00Z" },
        "EditNoteRequest" => new() { ["text"] = "Called twice." },
        "GuessRequest" => new() { ["address"] = "lea@neu.example", ["name"] = "Lea Neu", ["text"] = "Best regards\r\nLea Neu\r\nNeu Ltd" },
        "FindPeopleRequest" => new() { ["people"] = new JsonArray(new JsonObject { ["address"] = "kim@kunde.example", ["name"] = "Kim" }) },
        var other => throw new InvalidOperationException($"Write a good {other} here, so that it is tested."),
    };

    public static string PathOf(HttpEndpoint endpoint, Seed seed) => "/api/" + endpoint.Route
        .Replace("{id}", seed.CustomerId, StringComparison.Ordinal)
        .Replace("{noteId}", seed.NoteId, StringComparison.Ordinal)
        .Replace("{address}", "second@kunde.example", StringComparison.Ordinal)
        .Replace("{*file}", "taskpane.html", StringComparison.Ordinal);

    public static string QueryOf(HttpEndpoint endpoint) => endpoint.Name switch
    {
        "GetCard" => "?address=seed@kunde.example&name=Seed",
        "SearchCustomers" => "?q=kun",
        "GetTimeline" => "?size=5",
        _ => "",
    };
}

/// <summary>A customer with two addresses and a note.</summary>
internal sealed record Seed(string CustomerId, string ETag, string NoteId)
{
    public static async Task<Seed> PlantAsync(TestCrm crm)
    {
        using var anna = crm.SignIn(A.Anna);
        var customer = await SendAsync(anna, HttpMethod.Post, "/api/customers", """{"name":"Seed","address":"seed@kunde.example"}""");
        var id = customer["id"]!.GetValue<string>();
        await SendAsync(anna, HttpMethod.Post, $"/api/customers/{id}/addresses", """{"address":"second@kunde.example"}""");
        var noteId = Guid.NewGuid().ToString("D");
        await SendAsync(anna, HttpMethod.Post, $"/api/customers/{id}/notes", $$"""{"id":"{{noteId}}","text":"First"}""");
        var now = await SendAsync(anna, HttpMethod.Get, $"/api/customers/{id}", null);
        return new(id, now["eTag"]!.GetValue<string>(), noteId);
    }

    private static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
