using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Tests.Capture;

namespace OutlookCrm.Tests.Interactions;

public sealed class LogMailTests
{
    private const string Kim = "kim@hotel-sonne.example";

    [Fact]
    public async Task A_newsletter_is_logged_when_somebody_asks_for_it_and_stays_when_the_mailbox_is_looked_at_again()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        var news = world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, "News", letter => letter with { Headers = [new MailHeader("List-Id", "<news.hotel-sonne.example>")] }));
        await world.LookAsync(SampleFirm.Mira);
        Assert.Empty(await world.TimelineAsync(kim));
        using var mira = world.SignIn(SampleFirm.Mira);

        using var answer = await mira.PostAsJsonAsync("/api/log-mail", new { internetMessageId = $" {news.InternetMessageId} " });

        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode && (bool)JsonNode.Parse(text)!["isThere"]!, text);
        Assert.Equal(["News"], await world.SubjectsAsync(kim));
        await world.LookAsync(SampleFirm.Mira);
        Assert.Equal(["News"], await world.SubjectsAsync(kim));
    }

    [Fact]
    public async Task What_is_private_among_us_or_a_strangers_is_not_logged_by_hand_either_and_the_answer_says_why()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await world.GivenMailboxAsync(SampleFirm.Tomasz);
        await world.GivenCustomerAsync(Kim);
        using var mira = world.SignIn(SampleFirm.Mira);
        var secret = world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, change: letter => letter with { Sensitivity = Sensitivity.Private }));
        var ours = world.Deliver(world.Letter(SampleFirm.Tomasz.Address, SampleFirm.Mira.Address));
        var strange = world.Deliver(world.Letter("lea@somewhere.example", SampleFirm.Mira.Address));
        var others = world.Deliver(world.Letter(Kim, SampleFirm.Tomasz.Address));

        foreach (var (letter, status, why) in new[]
        {
            (secret, HttpStatusCode.Conflict, "private"),
            (ours, HttpStatusCode.Conflict, "Nobody but us"),
            (strange, HttpStatusCode.Conflict, "customer yet"),
            (others, HttpStatusCode.NotFound, "no such mail"),
        })
        {
            using var answer = await mira.PostAsJsonAsync("/api/log-mail", new { internetMessageId = letter.InternetMessageId });
            Assert.Equal(status, answer.StatusCode);
            Assert.Contains(why, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
