using System.Net;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Tests.Interactions;

namespace OutlookCrm.Tests.Capture;

/// <summary>People whom somebody keeps writing with, over HTTP.</summary>
public sealed class CorrespondentPagesTests
{
    private const string People = "/api/correspondents";
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Those_with_whom_it_goes_both_ways_come_first_and_whoever_never_answers_not_at_all()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CorrespondAsync(A.Ben, "often@neu.example", 9, 9, name: "Olaf Often");
        await desk.CorrespondAsync(A.Ben, "lately@neu.example", 3, 3);
        await desk.CorrespondAsync(A.Ben, "long-ago@neu.example", 12, 12, TimeSpan.FromDays(400));
        await desk.CorrespondAsync(A.Ben, "only-writes@neu.example", 40, 0);
        await desk.CorrespondAsync(A.Ben, "never-answers@neu.example", 0, 40);
        await desk.CorrespondAsync(A.Anna, "annas@neu.example", 9, 9);

        var list = await desk.GetAsync(A.Ben, People);
        Assert.Equal(["often@neu.example", "lately@neu.example", "long-ago@neu.example"], Addresses(list));
        Assert.Equal(("Olaf Often", 9, 9), ((string)list["people"]![0]!["name"]!, (int)list["people"]![0]!["incoming"]!, (int)list["people"]![0]!["outgoing"]!));
        Assert.Equal("lately@neu.example", (string)list["people"]![1]!["name"]!);
    }

    [Fact]
    public async Task Whoever_is_like_the_best_customers_comes_first_with_the_reasons_and_too_little_to_compare_with_is_said()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CorrespondAsync(A.Ben, "often@neu.example", 20, 20);
        await desk.CorrespondAsync(A.Ben, "colleague@firm0.example", 1, 1);
        Assert.Equal(0, (int)(await desk.GetAsync(A.Ben, People))["best"]!["customers"]!);
        var interactions = desk.Crm.Services.GetRequiredService<InteractionStore>();
        for (var i = 0; i < 6; i++)
        {
            var id = await desk.CustomerAsync($"kim@firm{i}.example");
            await desk.DoneAsync(A.Ben, HttpMethod.Post, $"/api/customers/{id}/purchases", new
            {
                id = Guid.NewGuid(),
                items = new[] { new { product = "Table", amount = "100" } },
                currency = "EUR",
            });
            var customer = CustomerId.Parse(id);
            var mail = Recordings.Mail(A.Ben.Id, $"<in{i}@x>") with { At = desk.Now.AddDays(-5) };
            var answer = Recordings.Mail(A.Ben.Id, $"<out{i}@x>") with { At = desk.Now.AddDays(-4), Direction = Direction.Outgoing };
            var later = Recordings.Mail(A.Ben.Id, $"<later{i}@x>") with { At = desk.Now.AddDays(-3) };
            await interactions.RecordAsync(
                A.Firm, customer, i < 4 || i == 5 ? [mail.For(customer), answer.For(customer), later.For(customer)] : [mail.For(customer)], default);
            await desk.Crm.Services.GetRequiredService<FirmRecompute>().RunAsync(A.Firm, default);
            if (i == 4)
            {
                var few = (await desk.GetAsync(A.Ben, People))["best"]!;
                Assert.Equal((5, 4, null), ((int)few["customers"]!, (int)few["withMail"]!, (int?)few["usualMails"]));
            }
        }

        var list = await desk.GetAsync(A.Ben, People);

        Assert.Equal((6, 5, 3), ((int)list["best"]!["customers"]!, (int)list["best"]!["withMail"]!, (int)list["best"]!["usualMails"]!));
        Assert.Equal(["often@neu.example", "colleague@firm0.example"], Addresses(list));
        Assert.Equal(["40 mails with each other in 90 days; half of your best customers have 3 or fewer"], Likenesses(0));
        Assert.Equal(["has an address at firm0.example, as Kim Sommer has, one of your best customers"], Likenesses(1));
        var (_, _, html) = await desk.AskAsync(A.Ben, HttpMethod.Get, People, accept: "text/html");
        Assert.Contains("It says who is alike, not who will buy.", html, StringComparison.Ordinal);

        IEnumerable<string> Likenesses(int person) => list["people"]![person]!["likenesses"]!.AsArray().Select(one => (string)one!);
    }

    [Fact]
    public void Who_wrote_more_or_later_never_comes_after_somebody_who_is_else_alike()
    {
        var numbers = Gen.Choose(1, 60).ToArbitrary();
        Prop.ForAll(numbers, numbers, Gen.Choose(0, 800).ToArbitrary(), (incoming, outgoing, days) =>
        {
            var one = Person("one@neu.example", incoming, outgoing, days);
            CorrespondentRow[] better =
            [
                Person("two@neu.example", incoming + 1, outgoing, days),
                Person("two@neu.example", incoming, outgoing + 1, days),
                Person("two@neu.example", incoming, outgoing, days - 1),
            ];
            return better.All(other => CorrespondentRanking.Rank([one, other], Now).First() == other);
        }).QuickCheckThrowOnFailure();

        static CorrespondentRow Person(string address, int incoming, int outgoing, int days) => new(
            LoggingDesk.Address(address), "", Now.AddYears(-3), Now.AddDays(-days), incoming, outgoing, [], ETag: null);
    }

    [Fact]
    public async Task Customers_colleagues_and_whoever_is_left_out_or_erased_are_not_proposed()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        foreach (var address in new[] { "customer@a.example", "colleague@bergdesign.example", "blocked@b.example", "firm@c.example", "erased@d.example", "left@e.example" })
        {
            await desk.CorrespondAsync(A.Ben, address, 3, 3);
        }

        await desk.CustomerAsync("customer@a.example");
        await desk.DoneAsync(A.Ben, HttpMethod.Post, "/api/mailboxes/mine/blocks", new { what = "b.example" });
        await desk.DoneAsync(A.Anna, HttpMethod.Post, "/api/firm/blocks", new { what = "firm@c.example" });
        await desk.Crm.Services.GetRequiredService<ErasedPeople>().AddAsync(A.Firm, LoggingDesk.Address("erased@d.example"), default);

        Assert.Equal(["left@e.example"], Addresses(await desk.GetAsync(A.Ben, People)));
        Assert.Null(await new Correspondents(desk.Tables).FindAsync(A.Firm, A.Ben.Id, LoggingDesk.Address("customer@a.example"), default));
    }

    [Fact]
    public async Task One_click_makes_a_customer_of_what_their_mail_says()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CorrespondAsync(A.Ben, "kim.sommer@hotel-sonne.example", 3, 3, name: "Kim Sommer");

        var became = await desk.DoneAsync(A.Ben, HttpMethod.Post, People + "/kim.sommer@hotel-sonne.example/customer");

        var card = await desk.GetAsync(A.Anna, $"/api/customers/{(string)became["customerId"]!}");
        Assert.Equal("Kim Sommer", (string)card["name"]!);
        Assert.Equal("Hotel Sonne", (string)card["company"]!["name"]!);
        Assert.Equal(("mail", "Ben Okoro"), ((string)card["addresses"]![0]!["source"]!, (string)card["owner"]!["name"]!));
        Assert.Empty(Addresses(await desk.GetAsync(A.Ben, People)));
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Ben, HttpMethod.Post, People + "/kim.sommer@hotel-sonne.example/customer")).Status);
        var (_, _, html) = await AgainAsync("text/html");
        Assert.Contains($"data-show=\"/api/customers/{(string)became["customerId"]!}\"", html, StringComparison.Ordinal);

        // Somebody was faster: theirs is the customer.
        async Task<(HttpStatusCode, JsonNode?, string)> AgainAsync(string accept)
        {
            await desk.CorrespondAsync(A.Anna, "kim.sommer@hotel-sonne.example", 1, 1);
            return await desk.AskAsync(A.Anna, HttpMethod.Post, People + "/kim.sommer@hotel-sonne.example/customer", accept: accept);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("=?utf-8?q?=F0=9F?= \u202eevil")]
    [InlineData("'kim@neu.example'")]
    [InlineData("....")]
    [InlineData("王")]
    public async Task Whatever_somebody_calls_themselves_they_can_be_made_a_customer(string name)
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CorrespondAsync(A.Ben, "kim@neu.example", 3, 3, name: name);

        var became = await desk.DoneAsync(A.Ben, HttpMethod.Post, People + "/kim@neu.example/customer");
        Assert.NotEqual("", ((string)became["name"]!).Trim());
    }

    [Fact]
    public async Task Who_is_no_customer_is_not_proposed_again_until_that_is_taken_back()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CorrespondAsync(A.Ben, "a/b@neu.example", 3, 3);
        await desk.DoneAsync(A.Ben, HttpMethod.Put, People + "/a%2Fb@neu.example/hidden");
        await desk.CorrespondAsync(A.Ben, "a/b@neu.example", 9, 9);

        var list = await desk.GetAsync(A.Ben, People);
        Assert.Empty(Addresses(list));
        Assert.Equal(9, (int)Assert.Single(list["hidden"]!.AsArray())!["incoming"]!);

        await desk.DoneAsync(A.Ben, HttpMethod.Delete, People + "/a%2Fb@neu.example/hidden");
        Assert.Equal(["a/b@neu.example"], Addresses(await desk.GetAsync(A.Ben, People)));
    }

    [Fact]
    public async Task Whom_a_colleague_writes_with_reads_as_nobody()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CorrespondAsync(A.Ben, "kim@secret.example", 3, 3);
        var before = await desk.Crm.DumpAsync("people", "customers", "addresses");
        foreach (var who in new[] { A.Anna, A.Rita, A.Olga })
        {
            Assert.Empty(Addresses(await desk.GetAsync(who, People)));
            foreach (var address in new[] { "kim@secret.example", "nobody", "nobody@nowhere.example" })
            {
                Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(who, HttpMethod.Put, $"{People}/{address}/hidden")).Status);
                Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(who, HttpMethod.Delete, $"{People}/{address}/hidden")).Status);
                var make = await desk.AskAsync(who, HttpMethod.Post, $"{People}/{address}/customer");
                Assert.Equal(who == A.Rita ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound, make.Status);
            }
        }

        Assert.Equal(before, await desk.Crm.DumpAsync("people", "customers", "addresses"));
    }

    private static IEnumerable<string> Addresses(JsonNode list) => list["people"]!.AsArray().Select(one => (string)one!["address"]!);
}
