using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Interactions;

/// <summary>
/// Nobody learns from an answer what they may not see: neither by a word of it nor by what is missing. For every reader the answer is the
/// one that they would get if what is hidden from them had never been.
/// </summary>
public sealed class VisibilityTests
{
    private static readonly Guid Carl = new("dddddddd-0000-4000-8000-000000000009");

    [Fact]
    public async Task Every_answer_is_as_if_what_is_hidden_had_never_been()
    {
        await using var crm = await TestCrm.StartAsync();
        var world = await World.MakeAsync(crm);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var all = await world.CustomerAsync();
            var things = Enumerable.Range(0, random.Next(5, 45)).Select(i => Thing.Of(random, i, world.Info)).ToList();
            await world.RecordAsync(all, things);

            // Twice over the same things: a change of mind holds for the past at once.
            for (var round = 0; round < 2; round++)
            {
                await world.SetVisibilityAsync(random);
                foreach (var reader in (TestPerson[])[A.Anna, A.Ben, A.Rita])
                {
                    var visible = things.Where(thing => world.VisibilityFor(reader, thing) != MailboxVisibility.OnlyMe).ToList();
                    var twin = await world.CustomerAsync();
                    await world.RecordAsync(twin, visible);

                    var said = await AnswersAsync(crm, reader, all);
                    var expected = await AnswersAsync(crm, reader, twin);
                    var same = said.Zip(expected).TakeWhile(pair => pair.First == pair.Second).Count();
                    Assert.True(
                        said == expected,
                        $"Seed {seed}, {reader.Name}: {said[Math.Max(0, same - 200)..Math.Min(said.Length, same + 200)]}\n"
                        + $"and not {expected[same..Math.Min(expected.Length, same + 200)]}");
                    foreach (var thing in things)
                    {
                        AssertWords(world, reader, thing, said, seed);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task A_colleagues_mailbox_that_was_logged_as_a_shared_one_is_theirs_from_their_first_sign_in_on()
    {
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        using var ben = crm.SignIn(A.Ben);
        (await anna.PostAsJsonAsync("/api/mailboxes", new { address = "Ben@bergdesign.example" })).EnsureSuccessStatusCode();
        var shared = Assert.Single(await crm.Services.GetRequiredService<CapturedMailboxes>().ListAsync(A.Firm, default), mailbox => mailbox.IsShared);
        using var made = await anna.PostAsJsonAsync("/api/customers", new CreateCustomerRequest("Kim", "kim@fjord.example"), ContractJson.Options);
        var customer = CustomerId.Parse((await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id);
        await crm.Services.GetRequiredService<InteractionStore>().RecordAsync(
            A.Firm, customer, [Recordings.Mail(shared.UserId, "<m@x>").For(customer)], default);
        Assert.Contains("Oak table", await anna.GetStringAsync($"/api/customers/{customer}"), StringComparison.Ordinal);

        var own = (await ben.GetFromJsonAsync<MailboxSettings>("/api/mailboxes/mine", ContractJson.Options))!;
        using var close = new HttpRequestMessage(HttpMethod.Patch, "/api/mailboxes/mine") { Content = JsonContent.Create(new { colleaguesSee = "timesAndPeople" }) };
        close.Headers.TryAddWithoutValidation("If-Match", own.ETag);
        (await ben.SendAsync(close)).EnsureSuccessStatusCode();

        Assert.DoesNotContain("Oak table", await anna.GetStringAsync($"/api/customers/{customer}"), StringComparison.Ordinal);
        var listed = (await anna.GetFromJsonAsync<MailboxList>("/api/mailboxes", ContractJson.Options))!;
        Assert.DoesNotContain(listed.Mailboxes, mailbox => mailbox.IsShared);
        using var again = await anna.PostAsJsonAsync("/api/mailboxes", new { address = "ben@bergdesign.example" });
        Assert.Equal(System.Net.HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Pages_fill_and_end_whatever_is_hidden()
    {
        await using var crm = await TestCrm.StartAsync();
        var world = await World.MakeAsync(crm);
        var customer = await world.CustomerAsync();
        var things = Enumerable.Range(0, 500)
            .Select(i => new Thing(i, [i % 50 == 0 ? A.Ben.Id : Carl], IsMeeting: false, IsIncoming: true, $"<t{i}@x>", Recordings.Morning.AddHours(-i)))
            .ToList();
        await world.RecordAsync(customer, things);
        await world.SetVisibilityAsync(Carl, MailboxVisibility.OnlyMe);
        using var ben = crm.SignIn(A.Ben);

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = (await ben.GetFromJsonAsync<Timeline>(
                $"/api/customers/{customer}/timeline?size=4{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}", ContractJson.Options))!;
            Assert.True(page.Lines.Count == 4 || page.Next is null);
            seen.AddRange(page.Lines.Select(line => line.Title!));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(things.Where(thing => thing.Mailboxes[0] == A.Ben.Id).Select(thing => thing.Word(A.Ben.Id)), seen);
        var card = (await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!;
        Assert.Equal((10, null), (card.Timeline.Lines.Count, card.Timeline.Next));
    }

    [Fact]
    public async Task The_last_contact_is_found_behind_notes_and_before_what_is_planned()
    {
        await using var crm = await TestCrm.StartAsync();
        var world = await World.MakeAsync(crm);
        var customer = await world.CustomerAsync();
        var now = crm.Clock.GetUtcNow();
        await world.RecordAsync(customer,
        [
            new Thing(1, [A.Ben.Id], IsMeeting: false, IsIncoming: true, "<t@x>", now.AddDays(-9)),
            new Thing(2, [A.Ben.Id], IsMeeting: true, IsIncoming: false, "", now.AddDays(2)),
        ]);
        using var ben = crm.SignIn(A.Ben);
        for (var i = 0; i < 30; i++)
        {
            await ben.PostAsJsonAsync($"/api/customers/{customer}/notes", new AddNoteRequest(Guid.NewGuid(), "note"), ContractJson.Options);
        }

        Assert.Equal(now.AddDays(-9), await LastContactAsync());
        crm.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(now.AddDays(2), await LastContactAsync());

        async Task<DateTimeOffset?> LastContactAsync() =>
            (await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!.LastContactAt;
    }

    [Fact]
    public async Task A_meeting_becomes_the_last_contact_when_it_begins_although_nothing_was_written()
    {
        await using var crm = await TestCrm.StartAsync();
        var world = await World.MakeAsync(crm);
        var customer = await world.CustomerAsync();
        var now = crm.Clock.GetUtcNow();
        await world.RecordAsync(customer,
        [
            new Thing(1, [A.Ben.Id], IsMeeting: false, IsIncoming: true, "<t@x>", now.AddHours(-1)),
            new Thing(2, [A.Ben.Id], IsMeeting: true, IsIncoming: false, "", now.AddHours(1)),
        ]);
        using var ben = crm.SignIn(A.Ben);

        Assert.Equal([now.AddHours(-1), now.AddHours(-1)], [await LastContactAsync(), await LastContactAsync()]);
        crm.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(now.AddHours(1), await LastContactAsync());

        async Task<DateTimeOffset?> LastContactAsync() =>
            Assert.IsType<KnownSender>(await ben.GetFromJsonAsync<SenderCard>($"/api/card?address=kim0000@fjord.example", ContractJson.Options)).Card.LastContactAt;
    }

    [Fact]
    public async Task A_series_a_year_ahead_does_not_push_what_happened_off_the_page()
    {
        await using var crm = await TestCrm.StartAsync();
        var world = await World.MakeAsync(crm);
        var customer = await world.CustomerAsync();
        var now = crm.Clock.GetUtcNow();
        await world.RecordAsync(customer,
        [
            .. Enumerable.Range(0, 60).Select(week => new Thing(week, [A.Ben.Id], IsMeeting: true, IsIncoming: false, "", now.AddDays((7 * week) + 1))),
            new Thing(99, [A.Ben.Id], IsMeeting: false, IsIncoming: true, "<t@x>", now.AddDays(-1)),
        ]);
        using var ben = crm.SignIn(A.Ben);

        var card = (await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!;
        var page = (await ben.GetFromJsonAsync<Timeline>($"/api/customers/{customer}/timeline?size=5", ContractJson.Options))!;

        DateTimeOffset[] expected = [now.AddDays(8), now.AddDays(1), now.AddDays(-1)];
        Assert.Equal(expected, card.Timeline.Lines.Select(line => line.At));
        Assert.Equal(expected, page.Lines.Select(line => line.At));
        Assert.Equal(now.AddDays(-1), card.LastContactAt);
        crm.Clock.Advance(TimeSpan.FromDays(7));
        var later = (await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!;
        Assert.Equal((now.AddDays(15), 4), (later.Timeline.Lines[0].At, later.Timeline.Lines.Count));
    }

    /// <summary>All that the product says of a customer to a reader, in both faces, without what names the customer.</summary>
    private static async Task<string> AnswersAsync(TestCrm crm, TestPerson reader, CustomerId customer)
    {
        using var client = crm.SignIn(reader);
        var answers = new List<string>();
        foreach (var face in (string[])["application/json", "text/html"])
        {
            client.DefaultRequestHeaders.Accept.Clear();
            client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(face));
            answers.Add(await client.GetStringAsync($"/api/customers/{customer}"));
            answers.Add(await client.GetStringAsync($"/api/customers/{customer}/timeline?size=100"));
        }

        client.DefaultRequestHeaders.Accept.Clear();
        string? after = null;
        do
        {
            var page = (await client.GetFromJsonAsync<Timeline>(
                $"/api/customers/{customer}/timeline?size=7{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}", ContractJson.Options))!;
            answers.Add(string.Join(' ', page.Lines.Select(line => line.Id)));
            after = page.Next;
        }
        while (after is not null);

        var card = (await client.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!;
        var text = string.Join('\n', answers);
        foreach (var own in (string?[])[customer.ToString(), card.Timeline.Next, card.ETag.Trim('"'), card.Addresses[0].Address])
        {
            text = own is null ? text : text.Replace(own, "…", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>A copy's own words stand in the answer only when its reader may see them.</summary>
    private static void AssertWords(World world, TestPerson reader, Thing thing, string said, int seed)
    {
        var visibility = world.VisibilityFor(reader, thing);
        var isOpen = thing.Mailboxes.All(mailbox => mailbox == reader.Id || world.IsOpen(mailbox));
        foreach (var mailbox in thing.Mailboxes)
        {
            var mayRead = isOpen || mailbox == reader.Id || mailbox == world.Info;
            Assert.False(
                said.Contains(thing.Word(mailbox), StringComparison.Ordinal) && !mayRead,
                $"Seed {seed}: {reader.Name} reads {thing.Word(mailbox)}, which is {visibility} for them.");
        }

        if (visibility == MailboxVisibility.Shared)
        {
            Assert.Contains(thing.Mailboxes, mailbox => said.Contains(thing.Word(mailbox), StringComparison.Ordinal));
        }
    }

    private sealed record Thing(int Number, IReadOnlyList<Guid> Mailboxes, bool IsMeeting, bool IsIncoming, string Thread, DateTimeOffset At)
    {
        public static Thing Of(Random random, int number, Guid info)
        {
            Guid[] mailboxes = [.. new[] { A.Anna.Id, A.Ben.Id, Carl, info }.Where((mailbox, i) => random.Next(i == 3 ? 6 : 3) == 0)];
            return new Thing(
                number,
                mailboxes.Length > 0 ? mailboxes : [Carl],
                random.Next(5) == 0,
                random.Next(2) == 0,
                $"<t{random.Next(6)}@x>",
                Recordings.Morning.AddHours(-random.Next(24 * 40)).AddMinutes(number));
        }

        /// <summary>What only this mailbox's copy says.</summary>
        public string Word(Guid mailbox) => $"word-{Number:D3}-{mailbox.ToString("N")[^3..]}";
    }

    private sealed class World
    {
        private readonly TestCrm crm;
        private readonly CapturedMailboxes mailboxes;
        private readonly InteractionStore interactions;
        private readonly Dictionary<Guid, MailboxVisibility> visibility = [];
        private int customers;

        private World(TestCrm crm, Guid info)
        {
            this.crm = crm;
            Info = info;
            mailboxes = crm.Services.GetRequiredService<CapturedMailboxes>();
            interactions = crm.Services.GetRequiredService<InteractionStore>();
        }

        public Guid Info { get; }

        public static async Task<World> MakeAsync(TestCrm crm)
        {
            var mailboxes = crm.Services.GetRequiredService<CapturedMailboxes>();
            foreach (var (id, name) in ((Guid, string)[])[(A.Anna.Id, "anna"), (A.Ben.Id, "ben"), (Carl, "carl")])
            {
                await mailboxes.AppearAsync(A.Firm, new ColleagueAccount(id, name, $"{name}@bergdesign.example"), default);
            }

            return new World(crm, (await mailboxes.AddSharedAsync(A.Firm, Recordings.Address("info@bergdesign.example"), "Info", default))!.UserId);
        }

        public async Task<CustomerId> CustomerAsync()
        {
            using var anna = crm.SignIn(A.Anna);
            var answer = await anna.PostAsJsonAsync(
                "/api/customers", new CreateCustomerRequest("Kim", $"kim{customers++:D4}@fjord.example"), ContractJson.Options);
            return CustomerId.Parse((await answer.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id);
        }

        public async Task RecordAsync(CustomerId customer, IReadOnlyList<Thing> things)
        {
            var recordings = things.SelectMany(thing => thing.Mailboxes.Select(mailbox =>
            {
                var found = thing.IsMeeting
                    ? Recordings.Meeting(mailbox, $"uid-{thing.Number}", thing.At)
                    : Recordings.Mail(mailbox, $"<{thing.Number}@x>", thing.Thread) with
                    {
                        At = thing.At,
                        Direction = thing.IsIncoming ? Direction.Incoming : Direction.Outgoing,
                    };
                return (found with
                {
                    Title = thing.Word(mailbox),
                    Preview = $"preview of {thing.Word(mailbox)}",
                    AttachmentNames = [$"{thing.Word(mailbox)}.pdf"],
                }).For(customer);
            })).ToList();
            var outcomes = await interactions.RecordAsync(A.Firm, customer, recordings, default);
            Assert.All(outcomes, outcome => Assert.True(outcome is RecordOutcome.Added or RecordOutcome.SeenAgain));
        }

        public async Task SetVisibilityAsync(Random random)
        {
            foreach (var mailbox in (Guid[])[A.Anna.Id, A.Ben.Id, Carl, Info])
            {
                await SetVisibilityAsync(mailbox, (MailboxVisibility)random.Next(3));
            }
        }

        public async Task SetVisibilityAsync(Guid mailbox, MailboxVisibility to)
        {
            visibility[mailbox] = to;
            await mailboxes.ChangeAsync(A.Firm, mailbox, row => row with { Visibility = to }, default);
        }

        public bool IsOpen(Guid mailbox) => mailbox == Info || visibility[mailbox] == MailboxVisibility.Shared;

        /// <summary>As the decision page says it, apart from the product's own code.</summary>
        public MailboxVisibility VisibilityFor(TestPerson reader, Thing thing) =>
            thing.Mailboxes.Any(mailbox => mailbox == reader.Id || mailbox == Info) ? MailboxVisibility.Shared
            : thing.Mailboxes.Any(mailbox => visibility[mailbox] == MailboxVisibility.OnlyMe) ? MailboxVisibility.OnlyMe
            : thing.Mailboxes.Any(mailbox => visibility[mailbox] == MailboxVisibility.TimesAndPeople) ? MailboxVisibility.TimesAndPeople
            : MailboxVisibility.Shared;
    }
}
