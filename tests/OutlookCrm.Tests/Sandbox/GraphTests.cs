using Microsoft.Graph;
using Microsoft.Graph.Models;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Sandbox;

public sealed class GraphTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    [Fact]
    public async Task The_real_client_pages_through_a_whole_mailbox_newest_first()
    {
        var graph = sandbox.GraphAsApp();
        var user = graph.Users[SampleFirm.Mira.Id.ToString()];
        var first = await user.Messages.GetAsync(request =>
        {
            request.QueryParameters.Select = ["subject", "from", "receivedDateTime", "internetMessageId"];
            request.QueryParameters.Top = 300;
        });

        var all = new List<Message>();
        await PageIterator<Message, MessageCollectionResponse>.CreatePageIterator(graph, first!, message =>
        {
            all.Add(message);
            return true;
        }).IterateAsync();

        var folders = await user.MailFolders.GetAsync();
        Assert.Equal(folders!.Value!.Sum(folder => folder.TotalItemCount), all.Count);
        Assert.True(all.Count > 1000, $"{all.Count} messages");
        Assert.Equal(all.Count, all.Select(message => message.Id).Distinct().Count());
        Assert.Equal(all.Select(message => message.ReceivedDateTime).OrderDescending(), all.Select(message => message.ReceivedDateTime));
        Assert.All(all, message => Assert.Null(message.BodyPreview));
    }

    [Fact]
    public async Task The_real_client_reads_a_calendar_in_the_zone_it_asks_for()
    {
        var graph = sandbox.GraphAs(SampleFirm.Tomasz);

        var view = await graph.Me.CalendarView.GetAsync(request =>
        {
            request.QueryParameters.StartDateTime = "2026-06-29T00:00:00Z";
            request.QueryParameters.EndDateTime = "2026-06-30T00:00:00Z";
            request.Headers.Add("Prefer", "outlook.timezone=\"W. Europe Standard Time\"");
        });

        var weekly = Assert.Single(view!.Value!, item => item.Subject == "Week planning");
        Assert.Equal("2026-06-29T07:30:00.0000000", weekly.Start!.DateTime);
        Assert.Equal("W. Europe Standard Time", weekly.Start.TimeZone);
        Assert.Equal(EventType.Occurrence, weekly.Type);
        var master = await graph.Me.Events[weekly.SeriesMasterId].GetAsync();
        Assert.Equal(EventType.SeriesMaster, master!.Type);
        Assert.Equal([Microsoft.Graph.Models.DayOfWeekObject.Monday], master.Recurrence!.Pattern!.DaysOfWeek!);
    }

    [Fact]
    public async Task Bodies_come_as_text_on_request_and_ids_immutable_on_request()
    {
        var graph = sandbox.GraphAs(SampleFirm.Mira);
        var listed = (await graph.Me.MailFolders["inbox"].Messages.GetAsync(request => request.QueryParameters.Top = 1))!.Value![0];

        var asText = await graph.Me.Messages[listed.Id].GetAsync(request =>
        {
            request.Headers.Add("Prefer", "outlook.body-content-type=\"text\"");
            request.Headers.Add("Prefer", "IdType=\"ImmutableId\"");
        });

        Assert.Equal(BodyType.Html, listed.Body!.ContentType);
        Assert.Equal(BodyType.Text, asText!.Body!.ContentType);
        Assert.DoesNotContain('<', asText.Body.Content!.Split("-----")[0]);
        Assert.NotEqual(listed.Id, asText.Id);
        Assert.Equal(listed.InternetMessageId, (await graph.Me.Messages[asText.Id].GetAsync())!.InternetMessageId);
    }

    [Fact]
    public async Task A_filter_on_the_time_keeps_what_is_newer()
    {
        var graph = sandbox.GraphAs(SampleFirm.Mira);

        var month = await graph.Me.Messages.GetAsync(request =>
        {
            request.QueryParameters.Filter = "receivedDateTime ge 2026-11-01T00:00:00Z and not (isRead eq false)";
            request.QueryParameters.Orderby = ["receivedDateTime asc"];
            request.QueryParameters.Top = 500;
        });

        Assert.NotEmpty(month!.Value!);
        Assert.All(month.Value!, message => Assert.True(message.ReceivedDateTime >= new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero) && message.IsRead == true));
        Assert.Equal(month.Value!.Select(message => message.ReceivedDateTime).Order(), month.Value!.Select(message => message.ReceivedDateTime));
    }

    [Fact]
    public async Task Opening_a_message_marks_it_read()
    {
        var graph = sandbox.GraphAs(SampleFirm.Amara);
        var message = (await graph.Me.Messages.GetAsync(request => request.QueryParameters.Top = 1))!.Value![0];

        await graph.Me.Messages[message.Id].PatchAsync(new Message { IsRead = !message.IsRead });

        Assert.Equal(!message.IsRead, (await graph.Me.Messages[message.Id].GetAsync())!.IsRead);
    }

    [Fact]
    public async Task Refusals_are_those_of_the_real_one()
    {
        var asMira = sandbox.GraphAs(SampleFirm.Mira);
        var asApp = sandbox.GraphAsApp();
        var withTheProductsToken = sandbox.GraphWith(sandbox.Application.Issuer.CreateAccessToken(SampleFirm.Mira));

        Assert.Equal((404, "ErrorItemNotFound"), await RunningSandbox.RefusalAsync(() => asMira.Me.Messages["AAMkAGnothing="].GetAsync()));
        Assert.Equal((404, "ErrorItemNotFound"), await RunningSandbox.RefusalAsync(() => asMira.Me.MailFolders["nowhere"].GetAsync()));
        Assert.Equal((403, "ErrorAccessDenied"), await RunningSandbox.RefusalAsync(() => asMira.Users[SampleFirm.Tomasz.Address].Messages.GetAsync()));
        Assert.Equal((404, "Request_ResourceNotFound"), await RunningSandbox.RefusalAsync(() => asMira.Users["nobody@birnbaum.example"].GetAsync()));
        Assert.Equal((403, "Authorization_RequestDenied"), await RunningSandbox.RefusalAsync(() => asApp.Users.GetAsync()));
        Assert.Equal((400, "BadRequest"), await RunningSandbox.RefusalAsync(() => asApp.Me.Messages.GetAsync()));
        Assert.Equal((401, "InvalidAuthenticationToken"), await RunningSandbox.RefusalAsync(() => withTheProductsToken.Me.GetAsync()));
        Assert.Equal((400, "BadRequest"), await RunningSandbox.RefusalAsync(() => asMira.Me.Messages.GetAsync(request => request.QueryParameters.Filter = "subject is 'x'")));
        Assert.Equal((400, "BadRequest"), await RunningSandbox.RefusalAsync(() => asMira.Me.Messages.GetAsync(request => request.QueryParameters.Top = 0)));
    }

    [FactWith(GraphMetadata.File)]
    public async Task Everything_served_is_in_the_published_metadata_with_that_type()
    {
        var metadata = new GraphMetadata(FactWithAttribute.Find(GraphMetadata.File)!);
        var faults = new List<string>();
        var mailbox = $"/users/{SampleFirm.Mira.Id}";
        foreach (var (type, path) in new[]
        {
            ("domain", "/domains"), ("mailFolder", $"{mailbox}/mailFolders?$expand=childFolders"),
            ("message", $"{mailbox}/messages?$top=200&$expand=attachments"), ("message", $"{mailbox}/messages?$top=50&$select=internetMessageHeaders"),
            ("message", $"{mailbox}/messages?$top=50&$expand=singleValueExtendedProperties($filter=id eq 'String 0x001A' or id eq 'Integer 0x0036')"),
            ("event", $"{mailbox}/events?$top=200"), ("event", $"{mailbox}/calendarView?startDateTime=2026-01-01&endDateTime=2026-12-31&$top=200"),
        })
        {
            var items = (await sandbox.GetAsync(path))["value"]!.AsArray();
            Assert.NotEmpty(items);
            Assert.All(items, item => metadata.Check(item!, type, type, faults));
        }

        // What the product has no permission for.
        var asMira = sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira);
        foreach (var (type, path) in new[] { ("organization", "/organization"), ("user", "/users") })
        {
            using var answer = await sandbox.SendAsync(HttpMethod.Get, path, token: asMira);
            Assert.All((await RunningSandbox.ReadAsync(answer))["value"]!.AsArray(), item => metadata.Check(item!, type, type, faults));
        }

        using var settings = await sandbox.SendAsync(HttpMethod.Get, "/me/mailboxSettings", token: asMira);
        metadata.Check(await RunningSandbox.ReadAsync(settings), "mailboxSettings", "mailboxSettings", faults);
        Assert.Empty(faults.Distinct());
    }
}
