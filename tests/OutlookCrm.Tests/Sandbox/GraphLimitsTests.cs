using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;

namespace OutlookCrm.Tests.Sandbox;

public sealed class GraphLimitsTests : IAsyncLifetime
{
    private static readonly string Inbox = $"/users/{SampleFirm.Mira.Id}/mailFolders/inbox/messages?$top=1&$select=id";

    private readonly RunningSandbox sandbox = new();

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task The_ten_thousand_and_first_request_in_ten_minutes_has_to_wait_and_says_how_long()
    {
        var token = sandbox.Application.Issuer.CreateGraphAppToken();
        using var client = new HttpClient { BaseAddress = sandbox.Application.Addresses.BackChannel, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        for (var batch = 0; batch < 500; batch++)
        {
            using var answer = await client.PostAsJsonAsync("/graph/v1.0/$batch", Batch(Enumerable.Range(0, 20).Select(i => new { id = $"{i}", method = "GET", url = Inbox }).ToArray<object>()));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var tooMany = await client.GetAsync($"/graph/v1.0{Inbox}");
        using var another = await client.GetAsync($"/graph/v1.0{Inbox.Replace(SampleFirm.Mira.Id.ToString(), SampleFirm.Tomasz.Id.ToString(), StringComparison.Ordinal)}");
        sandbox.Application.Clock.Advance(TimeSpan.FromMinutes(10));
        using var later = await client.GetAsync($"/graph/v1.0{Inbox}");

        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(10)), (tooMany.StatusCode, tooMany.Headers.RetryAfter!.Delta!.Value));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (another.StatusCode, later.StatusCode));
    }

    [Fact]
    public async Task A_fifth_request_at_once_for_a_mailbox_is_refused()
    {
        sandbox.Application.Faults.Plan = new FaultPlan { Slow = 1, SlowBy = TimeSpan.FromSeconds(1) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => sandbox.SendAsync(HttpMethod.Get, Inbox)));

        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.NotNull(answers.Single(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).Headers.RetryAfter);
    }

    [Fact]
    public async Task A_batch_is_answered_part_by_part()
    {
        var answer = await BatchAsync(
            new { id = "there", method = "GET", url = Inbox },
            new { id = "nowhere", method = "GET", url = $"/users/{SampleFirm.Mira.Id}/messages/nothing" },
            new { id = "after", method = "GET", url = Inbox, dependsOn = new[] { "there" } },
            new { id = "never", method = "GET", url = Inbox, dependsOn = new[] { "nowhere" } },
            new { id = "forbidden", method = "POST", url = $"/users/{SampleFirm.Mira.Id}/sendMail", headers = new { content_type = "application/json" }, body = new { message = new { subject = "x" } } });

        var parts = answer["responses"]!.AsArray().ToDictionary(part => (string)part!["id"]!, part => part!);
        Assert.Equal((200, 404, 200, 424, 403), (Status("there"), Status("nowhere"), Status("after"), Status("never"), Status("forbidden")));
        Assert.Single(parts["there"]["body"]!["value"]!.AsArray());
        Assert.Equal("ErrorItemNotFound", (string?)parts["nowhere"]["body"]!["error"]!["code"]);

        int Status(string id) => (int)parts[id]["status"]!;
    }

    [Fact]
    public async Task A_batch_that_cannot_be_is_refused_whole()
    {
        using var many = await SendBatchAsync([.. Enumerable.Range(0, 21).Select(i => (object)new { id = $"{i}", method = "GET", url = Inbox })]);
        using var twice = await SendBatchAsync(new { id = "1", method = "GET", url = Inbox }, new { id = "1", method = "GET", url = Inbox });
        using var circle = await SendBatchAsync(new { id = "1", method = "GET", url = Inbox, dependsOn = new[] { "2" } }, new { id = "2", method = "GET", url = Inbox });

        Assert.All([many, twice, circle], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
    }

    [Fact]
    public async Task Parts_of_a_batch_are_refused_singly()
    {
        sandbox.Application.Faults.Plan = new FaultPlan { RefuseEvery = 4, RetryAfter = TimeSpan.FromSeconds(7) };

        var parts = (await BatchAsync([.. Enumerable.Range(0, 20).Select(i => (object)new { id = $"{i}", method = "GET", url = Inbox })]))["responses"]!.AsArray();

        Assert.Equal(5, parts.Count(part => (int)part!["status"]! is 429 or 503));
        Assert.Equal("7", (string?)parts.First(part => (int)part!["status"]! == 429)!["headers"]!["Retry-After"]);
    }

    [Fact]
    public async Task Planned_faults_happen_to_the_product_and_not_to_outlook()
    {
        using (var set = await sandbox.Client.PutAsJsonAsync("/sandbox/faults", new { refuseEvery = 2, retryAfter = "00:00:03" }))
        {
            Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        }

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await sandbox.SendAsync(HttpMethod.Get, Inbox);
            statuses.Add(answer.StatusCode);
        }

        var outlook = sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira);
        using var asOutlook = await sandbox.SendAsync(HttpMethod.Get, "/me/messages", token: outlook);
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable],
            statuses);
        Assert.Equal(HttpStatusCode.OK, asOutlook.StatusCode);
        Assert.Equal((8, 4), (sandbox.Application.Traffic.Requests, sandbox.Application.Traffic.Refused));
    }

    [Fact]
    public async Task A_torn_answer_breaks_off_in_the_middle()
    {
        sandbox.Application.Faults.Plan = new FaultPlan { Torn = 1 };

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => sandbox.SendAsync(HttpMethod.Get, Inbox));
    }

    [Fact]
    public async Task Deltas_come_with_empty_pages_doubles_and_replays_and_end_all_the_same()
    {
        var mailbox = sandbox.Application.MailboxOf(SampleFirm.Mira);
        sandbox.Application.Faults.Plan = new FaultPlan { Seed = 3, EmptyPages = 0.3, Doubles = 0.3, Replays = 0.5 };
        var told = new List<string>();
        var empty = 0;
        var path = $"/users/{SampleFirm.Mira.Id}/mailFolders/inbox/messages/delta?$select=id";
        for (var round = 0; round < 3; round++)
        {
            for (string? next = path; next is not null;)
            {
                var page = await sandbox.GetAsync(next, "odata.maxpagesize=20");
                empty += page["value"]!.AsArray().Count == 0 ? 1 : 0;
                told.AddRange(page["value"]!.AsArray().Select(item => (string)item!["id"]!));
                next = (string?)page["@odata.nextLink"];
                path = (string?)page["@odata.deltaLink"] ?? path;
            }

            foreach (var message in mailbox.Messages.Where(message => message.Folder.WellKnownName == "inbox").Take(30).ToList())
            {
                mailbox.Change(message.Id, RunningSandbox.Now, now => now with { IsRead = !now.IsRead });
            }
        }

        var inbox = mailbox.Messages.Where(message => message.Folder.WellKnownName == "inbox").Select(message => message.Id).ToHashSet();
        Assert.True(inbox.SetEquals(told));
        Assert.True(empty > 0);
        Assert.True(told.Count > inbox.Count + 60, $"{told.Count} told of {inbox.Count}");
    }

    [Fact]
    public async Task The_clock_goes_forward_only_and_takes_tokens_along()
    {
        var token = sandbox.Application.Issuer.CreateGraphAppToken();
        using var moved = await sandbox.Client.PostAsJsonAsync("/sandbox/clock", new { advance = "01:00:01" });
        using var back = await sandbox.Client.PostAsJsonAsync("/sandbox/clock", new { to = RunningSandbox.Now });
        using var expired = await sandbox.SendAsync(HttpMethod.Get, Inbox, token: token);
        using var fresh = await sandbox.SendAsync(HttpMethod.Get, Inbox);

        Assert.Equal(RunningSandbox.Now.AddSeconds(3601), (DateTimeOffset)(await RunningSandbox.ReadAsync(moved))["now"]!);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (back.StatusCode, expired.StatusCode, fresh.StatusCode));
    }

    [Fact]
    public async Task Timers_of_the_moved_clock_ring_when_it_passes_them()
    {
        var clock = sandbox.Application.Clock;
        var delay = Task.Delay(TimeSpan.FromDays(1), clock);
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        var tick = timer.WaitForNextTickAsync().AsTask();
        clock.Advance(TimeSpan.FromHours(2));
        Assert.True(await tick);
        Assert.False(delay.IsCompleted);

        clock.Advance(TimeSpan.FromHours(23));

        await delay.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_app_gets_what_it_was_granted_and_the_mailboxes_that_it_is_limited_to()
    {
        using var write = await sandbox.SendAsync(HttpMethod.Post, $"/users/{SampleFirm.Mira.Id}/sendMail", new { message = new { subject = "x" } });
        using (var set = await sandbox.Client.PutAsJsonAsync("/sandbox/app", new { roles = new[] { "Mail.ReadBasic.All" }, mailboxes = new[] { SampleFirm.Mira.Address } }))
        {
            Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        }

        using var calendar = await sandbox.SendAsync(HttpMethod.Get, $"/users/{SampleFirm.Mira.Id}/events");
        using var another = await sandbox.SendAsync(HttpMethod.Get, $"/users/{SampleFirm.Tomasz.Id}/messages");
        using var content = await sandbox.SendAsync(HttpMethod.Get, $"/users/{SampleFirm.Mira.Id}/messages?$select=bodyPreview");
        var basics = (await sandbox.GetAsync($"/users/{SampleFirm.Mira.Id}/messages?$top=1"))["value"]![0]!.AsObject();

        Assert.All([write, calendar, another, content], answer => Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode));
        Assert.True(basics.ContainsKey("subject"));
        Assert.False(basics.ContainsKey("bodyPreview") || basics.ContainsKey("body"));
    }

    [Fact]
    public async Task The_product_gets_its_own_token_by_its_secret()
    {
        using var client = new HttpClient { BaseAddress = sandbox.Application.Addresses.BackChannel };
        async Task<HttpResponseMessage> AskAsync(string secret, string scope) => await client.PostAsync($"/{SampleFirm.TenantId}/oauth2/v2.0/token", new FormUrlEncodedContent(
            new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = SampleFirm.ClientId.ToString(), ["client_secret"] = secret, ["scope"] = scope }));

        using var given = await AskAsync(SampleFirm.ClientSecret, "https://graph.microsoft.com/.default");
        using var wrong = await AskAsync("guess", "https://graph.microsoft.com/.default");
        using var scoped = await AskAsync(SampleFirm.ClientSecret, "https://graph.microsoft.com/Mail.Read");

        using var answer = await sandbox.SendAsync(HttpMethod.Get, Inbox, token: (string)(await RunningSandbox.ReadAsync(given))["access_token"]!);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest), (answer.StatusCode, wrong.StatusCode, scoped.StatusCode));
    }

    [FactWith(Permissions)]
    public void Each_path_asks_for_what_microsofts_list_says()
    {
        var list = JsonNode.Parse(File.ReadAllText(FactWithAttribute.Find(Permissions)!))!["permissions"]!.AsObject();
        var opens = list.SelectMany(permission => permission.Value!["pathSets"]!.AsArray().SelectMany(set => set!["methods"]!.AsArray().SelectMany(method => set["paths"]!.AsObject()
            .Select(path => (Key: $"{method} {path.Key}", Permission: permission.Key))))).ToLookup(pair => pair.Key, pair => pair.Permission, StringComparer.OrdinalIgnoreCase);
        var wrong = new List<string>();
        var known = 0;
        foreach (var endpoint in sandbox.Application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<Needs>() is not { } needs)
            {
                continue;
            }

            var path = System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!["/graph/v1.0".Length..], @"\{\w+\}", "{id}").Replace("()", "", StringComparison.Ordinal);
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
            var listed = opens[$"{method} {path}"].Concat(opens[$"{method} {path.Replace("/calendar/", "/", StringComparison.Ordinal)}"]).ToHashSet();
            known += listed.Count > 0 ? 1 : 0;

            // Whoever may write may read; of a few paths the list says nothing.
            wrong.AddRange(needs.AnyOf
                .Where(permission => listed.Count > 0 && !listed.Contains(permission) && !listed.Contains(permission.Replace("ReadWrite", "Read", StringComparison.Ordinal)))
                .Select(permission => $"{method} {path}: {permission}"));
        }

        Assert.Empty(wrong);
        Assert.InRange(known, 60, 200);
    }

    private const string Permissions = "shared/data/graph/permissions.json";

    private static object Batch(params object[] requests) => new { requests };

    private Task<HttpResponseMessage> SendBatchAsync(params object[] requests) => sandbox.SendAsync(HttpMethod.Post, "/$batch", Batch(requests));

    private async Task<JsonObject> BatchAsync(params object[] requests)
    {
        using var answer = await SendBatchAsync(requests);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await RunningSandbox.ReadAsync(answer);
    }
}
