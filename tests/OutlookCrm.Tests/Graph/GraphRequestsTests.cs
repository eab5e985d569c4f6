using System.Globalization;
using System.Text.Json.Nodes;
using OutlookCrm.Graph;
using static OutlookCrm.Tests.Graph.PlannedGraph;

namespace OutlookCrm.Tests.Graph;

public sealed class GraphRequestsTests
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> ForeignRoots => new()
    {
        "http://127.0.0.1:1/v1.0",
        "https://127.0.0.1:{port}/v1.0",
        "http://127.0.0.1.evil.example:{port}/v1.0",
        "http://127.0.0.1:{port}@evil.example/v1.0",
        "http://user@127.0.0.1:{port}/v1.0",
        "http://127.0.0.1:{port}/beta",
        "http://127.0.0.1:{port}/v1.0evil",
        "//127.0.0.1:{port}/v1.0",
        "/v1.0",
        "http://127.0.0.1:{port}/v1.0/a b",
    };

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    public async Task What_Graph_asks_to_wait_for_is_waited_for_and_the_same_is_asked_again(string retryAfter, int seconds)
    {
        var clock = new JumpingClock();
        await using var graph = await StartAsync(clock);
        graph.Plan(Json(429, Error("TooManyRequests"), ("Retry-After", retryAfter)), Json(200, Page([Mail("a")])));

        var page = await ReadAsync(graph);

        Assert.Equal("a", Assert.Single(page.Items).ItemId);
        Assert.Equal(seconds, clock.Waits.Sum(wait => wait.TotalSeconds));
        Assert.Equal(graph.Seen[0].Target, graph.Seen[1].Target);
    }

    [Fact]
    public async Task A_date_to_wait_for_is_by_the_clock_of_who_says_it()
    {
        var clock = new JumpingClock();
        await using var graph = await StartAsync(clock);
        var theirNow = new DateTimeOffset(2031, 5, 5, 5, 5, 5, TimeSpan.Zero);
        graph.Plan(
            Json(503, Error("ServiceNotAvailable"), ("Date", theirNow.ToString("r")), ("Retry-After", theirNow.AddSeconds(4).ToString("r"))),
            Json(200, Page([])));

        await ReadAsync(graph);

        Assert.Equal([TimeSpan.FromSeconds(4)], clock.Waits);
    }

    [Fact]
    public async Task A_long_wait_is_the_callers_and_until_then_nothing_is_asked_of_that_mailbox()
    {
        var clock = new JumpingClock();
        await using var graph = await StartAsync(clock);
        graph.Plan(Json(429, Error("TooManyRequests"), ("Retry-After", "120")));
        graph.Otherwise = Json(200, Page([]));

        var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));
        clock.Advance(TimeSpan.FromSeconds(30));
        var again = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));
        await ReadAsync(graph, "somebody.else@birnbaum.example");
        var asked = graph.Seen.Count;
        clock.Advance(TimeSpan.FromSeconds(85)); // five seconds are left
        await ReadAsync(graph);

        Assert.Equal((GraphTrouble.Temporary, TimeSpan.FromSeconds(120), 429), (refusal.Trouble, refusal.RetryAfter, refusal.Status));
        Assert.Equal((GraphTrouble.Temporary, TimeSpan.FromSeconds(90)), (again.Trouble, again.RetryAfter));
        Assert.Equal(2, asked);
        Assert.Equal(3, graph.Seen.Count);
        Assert.Equal([TimeSpan.FromSeconds(5)], clock.Waits);
    }

    [Fact]
    public async Task Waits_within_one_call_are_no_more_than_ten_seconds_in_all()
    {
        var clock = new JumpingClock();
        await using var graph = await StartAsync(clock);
        graph.Otherwise = Json(429, Error("TooManyRequests"), ("Retry-After", "4"));

        var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));

        Assert.Equal(TimeSpan.FromSeconds(4), refusal.RetryAfter);
        Assert.Equal(3, graph.Seen.Count);
        Assert.Equal(TimeSpan.FromSeconds(8), clock.Waits.Aggregate((a, b) => a + b));
    }

    [Fact]
    public async Task Without_a_word_on_how_long_it_is_tried_again_ever_later_and_four_times_in_all()
    {
        var clock = new JumpingClock();
        await using var graph = await StartAsync(clock);
        graph.Otherwise = Json(503, Error("ServiceNotAvailable"));

        var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));

        Assert.Equal((GraphTrouble.Temporary, (TimeSpan?)null, 503), (refusal.Trouble, refusal.RetryAfter, refusal.Status));
        Assert.Equal(4, graph.Seen.Count);
        Assert.Equal([0.5, 1, 2], clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_line_that_breaks_is_tried_again_wherever_it_breaks()
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Plan(Torn, TornWithin, Text(200, """{"value":[{"id":"a"}""", "application/json"), Json(200, Page([Mail("a")])));

        var page = await ReadAsync(graph);

        Assert.Single(page.Items);
        Assert.Equal(4, graph.Seen.Count);
    }

    [Theory]
    [InlineData(200, "<html>Sign in to the hotel's network</html>", "text/html")]
    [InlineData(200, """{"value":[]}""", "text/html")]
    [InlineData(200, "[]", "application/json")]
    [InlineData(200, """{"value":[]""", "application/json")]
    [InlineData(200, """{"value":[],"@odata.context":"x"}""", "application/json")] // no delta link, no next link
    [InlineData(404, "<html>404</html>", "text/html")]
    [InlineData(400, "", "application/json")]
    [InlineData(502, "<html>Bad gateway</html>", "text/html")]
    [InlineData(504, "not even that", "application/json")]
    [InlineData(302, "", "text/html")]
    public async Task What_is_not_Graphs_own_answer_is_no_answer(int status, string body, string contentType)
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Otherwise = Text(status, body, contentType);

        var refusal = await Assert.ThrowsAsync<GraphException>(() => graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default));

        Assert.Equal(GraphTrouble.Temporary, refusal.Trouble);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await StartAsync();
        await using var graph = await StartAsync(new JumpingClock());
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            graph.Otherwise = Json(status, new JsonObject(), ("Location", $"{elsewhere.Root}/users"));
            var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));
            Assert.Equal((GraphTrouble.Temporary, "redirected"), (refusal.Trouble, refusal.Code));
        }

        Assert.Empty(elsewhere.Seen);
    }

    [Theory]
    [MemberData(nameof(ForeignRoots))]
    public async Task A_link_to_somewhere_else_is_an_error_and_not_followed(string root)
    {
        await using var graph = await StartAsync(new JumpingClock());
        var link = root.Replace("{port}", graph.Address.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) + "/users/x/messages?$skiptoken=1";
        graph.Plan(
            Json(200, Page([Mail("a")], nextLink: link)),
            Json(200, Page([], deltaLink: link)),
            Json(200, Page([], nextLink: link)));

        var plain = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));
        var delta = await Assert.ThrowsAsync<GraphException>(() => graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default));
        var next = await Assert.ThrowsAsync<GraphException>(() => graph.Mailboxes.ReadMeetingChangesAsync(Tenant, User, null, From, From.AddDays(1), default));
        var kept = await Assert.ThrowsAsync<GraphException>(() => graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", link, From, default));

        Assert.All(new[] { plain, delta, next }, refusal => Assert.Equal((GraphTrouble.Temporary, "foreignLink"), (refusal.Trouble, refusal.Code)));
        Assert.Equal((GraphTrouble.Resync, "foreignLink"), (kept.Trouble, kept.Code));
        Assert.Equal(3, graph.Seen.Count);
    }

    [Fact]
    public async Task A_link_of_Graphs_is_followed_to_the_letter_with_the_same_preferences()
    {
        await using var graph = await StartAsync();
        const string rest = "/users('m%C3%B6ller%40birnbaum.example')/mailFolders('AAMk%2d%7E%2F=')/messages/delta?$deltatoken=%2b%2B+a%20b%7e'*()!;,&%24skiptoken=R0us%3D%3d";
        graph.Plan(Json(200, Page([], deltaLink: graph.Root + rest)), Json(200, Page([], deltaLink: graph.Root + "/x?$deltatoken=2")));

        var first = await graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default);
        var second = await graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", first.Link, From, default);

        Assert.Equal("/v1.0" + rest, graph.Seen[1].Target);
        Assert.Equal(graph.Seen[0].Headers["Prefer"], graph.Seen[1].Headers["Prefer"]);
        Assert.Equal((true, graph.Root + "/x?$deltatoken=2"), (second.IsLast, second.Link));
    }

    [Theory]
    [InlineData(410, "resyncRequired", GraphTrouble.Resync)]
    [InlineData(410, "Gone", GraphTrouble.Resync)]
    [InlineData(404, "SyncStateNotFound", GraphTrouble.Resync)]
    [InlineData(400, "SyncStateInvalid", GraphTrouble.Resync)]
    [InlineData(400, "BadRequest", GraphTrouble.Resync)] // "Badly formed token."
    [InlineData(404, "ErrorItemNotFound", GraphTrouble.Resync)] // the folder is gone: begin anew, and be told so
    [InlineData(404, "MailboxNotEnabledForRESTAPI", GraphTrouble.Reconnect)]
    [InlineData(403, "ErrorAccessDenied", GraphTrouble.Reconnect)]
    [InlineData(429, "ActivityLimitReached", GraphTrouble.Temporary)]
    public async Task A_kept_link_that_is_refused_means_to_begin_anew_unless_the_link_is_not_to_blame(int status, string code, GraphTrouble trouble)
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Otherwise = Json(status, Error(code));

        var refusal = await Assert.ThrowsAsync<GraphException>(() =>
            graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", graph.Root + "/users/x/mailFolders/y/messages/delta?$deltatoken=1", From, default));

        Assert.Equal((trouble, code), (refusal.Trouble, refusal.Code));
    }

    [Fact]
    public async Task A_token_that_is_refused_is_replaced_once_and_then_somebody_has_to_act()
    {
        var clock = new JumpingClock();
        await using var graph = await StartAsync(clock);
        graph.Plan(Json(200, Page([])), Json(401, Error("InvalidAuthenticationToken")), Json(200, Page([])));
        await ReadAsync(graph);
        clock.Advance(TimeSpan.FromHours(1));

        await ReadAsync(graph);
        graph.Otherwise = Json(401, Error("InvalidAuthenticationToken"));
        var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));

        Assert.Equal((GraphTrouble.Reconnect, 401), (refusal.Trouble, refusal.Status));
        Assert.Equal(4, graph.Seen.Count);
        Assert.Equal(2, graph.TokensFor(Tenant)); // a token of a minute is not replaced
        Assert.Equal(["1", "1", "2", "2"], graph.Seen.Select(request => request.Headers["Authorization"][^1..]));
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task Each_tenant_has_a_token_of_its_own()
    {
        await using var graph = await StartAsync();
        graph.Otherwise = Json(200, Page([]));
        var other = Guid.NewGuid();

        await graph.Mailboxes.ListDomainsAsync(Tenant, default);
        await graph.Mailboxes.ListDomainsAsync(other, default);

        Assert.Equal([$"Bearer token-{Tenant:N}-1", $"Bearer token-{other:N}-1"], graph.Seen.Select(request => request.Headers["Authorization"]));
    }

    [Fact]
    public async Task An_answer_that_does_not_end_is_given_up_and_not_waited_for_again()
    {
        await using var graph = await StartAsync(null, ("Graph:Timeout", "00:00:01"));
        graph.Otherwise = Endless;

        var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));

        Assert.Equal((GraphTrouble.Temporary, "timeout"), (refusal.Trouble, refusal.Code));
        Assert.Single(graph.Seen);
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_not_told_of_a_trouble()
    {
        await using var graph = await StartAsync();
        using var patience = new CancellationTokenSource();
        graph.Otherwise = async context =>
        {
            await patience.CancelAsync();
            await Endless(context);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => graph.Mailboxes.ListDomainsAsync(Tenant, patience.Token));

        // Its place is free again.
        graph.Otherwise = Json(200, Page([]));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => graph.Mailboxes.ListDomainsAsync(Tenant, default)));
    }

    [Fact]
    public async Task A_mailbox_is_asked_four_things_at_once_and_a_batch_counts_for_its_parts()
    {
        await using var graph = await StartAsync();
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        graph.Otherwise = async context =>
        {
            await open.Task;
            await Json(200, Page([]))(context);
        };

        var single = Enumerable.Range(0, 12).Select(_ => (Task)ReadAsync(graph)).ToList();
        var batches = Enumerable.Range(0, 4).Select(_ => (Task)graph.Folders.FindSpecialAsync(Tenant, User.ToUpperInvariant(), default)).ToList();
        await Waiting.UntilAsync(() => graph.MostAtOnce == 4);
        var others = Task.WhenAll(Enumerable.Range(0, 12).Select(n => ReadAsync(graph, $"user{n % 3}@birnbaum.example")));
        await Waiting.UntilAsync(() => graph.MostAtOnce == 16); // other mailboxes have places of their own
        open.SetResult();
        await Task.WhenAll([.. single, .. batches, others]);
        Assert.Equal(16, graph.MostAtOnce);
    }

    [Fact]
    public async Task Parts_of_a_batch_are_judged_singly_and_only_those_that_must_wait_are_asked_again()
    {
        var clock = new JumpingClock();
        await using var graph = await StartAsync(clock);
        var busy = 2;
        graph.Otherwise = context => Answer(context.Request.Path.Value!.Split('/')[^1])(context);
        Answer Answer(string folder) => folder switch
        {
            "sentitems" when busy-- > 0 => Json(429, Error("TooManyRequests"), ("Retry-After", "3")),
            "outbox" => Json(404, Error("ErrorFolderNotFound")),
            _ => Json(200, new JsonObject { ["id"] = $"id of {folder}" }),
        };

        var folders = await graph.Folders.FindSpecialAsync(Tenant, User, default);

        Assert.Equal(
            new MailFolders("id of inbox", "id of sentitems", "id of drafts", "id of junkemail", "id of deleteditems", null), folders);
        Assert.Equal([3, 3], clock.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(3, graph.Seen.Count(request => request.Method == "POST"));
        Assert.Equal(6 + 1 + 1, graph.Seen.Count(request => request.Method == "part GET"));
    }

    [Fact]
    public async Task A_part_that_must_wait_long_makes_the_mailbox_wait()
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Otherwise = context => (context.Request.Path.Value!.EndsWith("drafts", StringComparison.Ordinal)
            ? Json(429, Error("TooManyRequests"), ("Retry-After", "60"))
            : Json(200, new JsonObject { ["id"] = "x" }))(context);

        var refusal = await Assert.ThrowsAsync<GraphException>(() => graph.Folders.FindSpecialAsync(Tenant, User, default));
        var asked = graph.Seen.Count;
        var other = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));

        Assert.Equal((GraphTrouble.Temporary, TimeSpan.FromSeconds(60)), (refusal.Trouble, refusal.RetryAfter));
        Assert.Equal(TimeSpan.FromSeconds(60), other.RetryAfter);
        Assert.Equal(asked, graph.Seen.Count);
    }

    [Fact]
    public async Task A_part_that_is_not_answered_is_asked_again()
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Otherwise = Json(200, new JsonObject { ["id"] = "x" });
        graph.Plan(Json(200, new JsonObject { ["responses"] = new JsonArray(new JsonObject { ["id"] = "0", ["status"] = 200, ["body"] = new JsonObject { ["id"] = "first" } }) }));

        var folders = await graph.Folders.FindSpecialAsync(Tenant, User, default);

        Assert.Equal(new MailFolders("first", "x", "x", "x", "x", "x"), folders);
        Assert.Equal(5, graph.Seen.Count(request => request.Method == "part GET"));
    }

    [Fact]
    public async Task Every_request_asks_for_immutable_ids_pages_of_a_hundred_and_times_in_UTC()
    {
        await using var graph = await StartAsync();
        await EveryCall.MakeAsync(graph);

        Assert.All(graph.Seen, request =>
        {
            var preferences = request.Headers["Prefer"].Split(", ");
            Assert.Contains("IdType=\"ImmutableId\"", preferences);
            Assert.Contains("odata.maxpagesize=250", preferences);
            Assert.Contains("outlook.timezone=\"UTC\"", preferences);
        });
    }

    [Theory]
    [InlineData(429, "TooManyRequests", null, GraphTrouble.Temporary)]
    [InlineData(403, "ApplicationThrottled", null, GraphTrouble.Temporary)]
    [InlineData(400, "BadRequest", "MailboxConcurrency", GraphTrouble.Temporary)]
    [InlineData(408, "UnknownError", null, GraphTrouble.Temporary)]
    [InlineData(500, "InternalServerError", null, GraphTrouble.Temporary)]
    [InlineData(503, "ErrorMailboxMoveInProgress", null, GraphTrouble.Temporary)]
    [InlineData(509, "BandwidthLimitExceeded", null, GraphTrouble.Temporary)]
    [InlineData(401, "InvalidAuthenticationToken", null, GraphTrouble.Reconnect)]
    [InlineData(401, "", null, GraphTrouble.Reconnect)]
    [InlineData(403, "ErrorAccessDenied", null, GraphTrouble.Reconnect)]
    [InlineData(403, "Authorization_RequestDenied", null, GraphTrouble.Reconnect)]
    [InlineData(404, "MailboxNotEnabledForRESTAPI", null, GraphTrouble.Reconnect)]
    [InlineData(404, "MailboxNotSupportedForRESTAPI", null, GraphTrouble.Reconnect)]
    [InlineData(404, "ErrorInvalidUser", null, GraphTrouble.Reconnect)]
    [InlineData(404, "Request_ResourceNotFound", null, GraphTrouble.Reconnect)]
    [InlineData(404, "ErrorNonExistentMailbox", null, GraphTrouble.Reconnect)]
    [InlineData(410, "UnknownError", null, GraphTrouble.Resync)]
    [InlineData(404, "SyncStateNotFound", null, GraphTrouble.Resync)]
    [InlineData(400, "BadRequest", "resyncRequired", GraphTrouble.Resync)]
    [InlineData(404, "ErrorItemNotFound", null, GraphTrouble.Item)]
    [InlineData(400, "ErrorInvalidIdMalformed", null, GraphTrouble.Item)]
    [InlineData(400, "BadRequest", null, GraphTrouble.Item)]
    [InlineData(413, "RequestTooLarge", null, GraphTrouble.Item)]
    public async Task Refusals_are_sorted_by_what_to_do_about_them(int status, string code, string? inner, GraphTrouble trouble)
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Otherwise = Json(status, Error(code, inner));

        var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAsync(graph));

        Assert.Equal((trouble, status), (refusal.Trouble, refusal.Status));
        Assert.DoesNotContain("Words for people", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_is_no_plain_word_does_not_reach_a_log()
    {
        await using var graph = await StartAsync();
        graph.Otherwise = Json(400, Error("kim@stranger.example\nInformation: all is well"));

        var refusal = await Assert.ThrowsAsync<GraphException>(() => graph.Mailboxes.FindMailAsync(Tenant, User, "x", default));

        Assert.Equal("Http400", refusal.Code);
    }

    private static JsonObject Mail(string id) => new() { ["id"] = id, ["receivedDateTime"] = "2026-03-01T10:00:00Z" };

    private static Task<MailPage> ReadAsync(PlannedGraph graph, string user = User) =>
        graph.Mailboxes.ReadMailAsync(Tenant, user, "inbox", From, From.AddYears(1), null, default);
}
