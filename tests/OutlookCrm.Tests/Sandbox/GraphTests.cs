using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using Microsoft.Graph.Models.ODataErrors;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Sandbox;

public sealed class GraphTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private const string Csdl = "shared/data/graph/v1.0-Prod.csdl";

    [Fact]
    public async Task The_real_client_pages_through_a_whole_mailbox_newest_first()
    {
        var graph = ClientOf(sandbox.Application.Issuer.CreateGraphAppToken());
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
        var graph = ClientOf(sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Tomasz));

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
        var graph = ClientOf(sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira));
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
        var graph = ClientOf(sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira));

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
        var graph = ClientOf(sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Amara));
        var message = (await graph.Me.Messages.GetAsync(request => request.QueryParameters.Top = 1))!.Value![0];

        await graph.Me.Messages[message.Id].PatchAsync(new Message { IsRead = !message.IsRead });

        Assert.Equal(!message.IsRead, (await graph.Me.Messages[message.Id].GetAsync())!.IsRead);
    }

    [Fact]
    public async Task Refusals_are_those_of_the_real_one()
    {
        var asMira = ClientOf(sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira));
        var asApp = ClientOf(sandbox.Application.Issuer.CreateGraphAppToken());
        var withTheProductsToken = ClientOf(sandbox.Application.Issuer.CreateAccessToken(SampleFirm.Mira));

        Assert.Equal((404, "ErrorItemNotFound"), await RefusalAsync(() => asMira.Me.Messages["AAMkAGnothing="].GetAsync()));
        Assert.Equal((404, "ErrorItemNotFound"), await RefusalAsync(() => asMira.Me.MailFolders["nowhere"].GetAsync()));
        Assert.Equal((403, "ErrorAccessDenied"), await RefusalAsync(() => asMira.Users[SampleFirm.Tomasz.Address].Messages.GetAsync()));
        Assert.Equal((404, "Request_ResourceNotFound"), await RefusalAsync(() => asApp.Users["nobody@birnbaum.example"].GetAsync()));
        Assert.Equal((400, "BadRequest"), await RefusalAsync(() => asApp.Me.GetAsync()));
        Assert.Equal((401, "InvalidAuthenticationToken"), await RefusalAsync(() => withTheProductsToken.Me.GetAsync()));
        Assert.Equal((400, "BadRequest"), await RefusalAsync(() => asMira.Me.Messages.GetAsync(request => request.QueryParameters.Filter = "subject is 'x'")));
        Assert.Equal((400, "BadRequest"), await RefusalAsync(() => asMira.Me.Messages.GetAsync(request => request.QueryParameters.Top = 0)));
    }

    [FactWith(Csdl)]
    public async Task Everything_served_is_in_the_published_metadata_with_that_type()
    {
        var metadata = new GraphMetadata(FactWithAttribute.Find(Csdl)!);
        var faults = new List<string>();
        var mailbox = $"/graph/v1.0/users/{SampleFirm.Mira.Id}";
        foreach (var (type, path) in new[]
        {
            ("organization", "/graph/v1.0/organization"), ("user", "/graph/v1.0/users"), ("mailFolder", $"{mailbox}/mailFolders"),
            ("message", $"{mailbox}/messages?$top=200&$expand=attachments"), ("message", $"{mailbox}/messages?$top=50&$select=internetMessageHeaders"),
            ("event", $"{mailbox}/events?$top=200"), ("event", $"{mailbox}/calendarView?startDateTime=2026-01-01&endDateTime=2026-12-31&$top=200"),
        })
        {
            foreach (var item in (await GetAsync(path))["value"]!.AsArray())
            {
                metadata.Check(item!, type, type, faults);
            }
        }

        metadata.Check(await GetAsync($"{mailbox}/mailboxSettings"), "mailboxSettings", "mailboxSettings", faults);
        Assert.Empty(faults.Distinct());
    }

    private async Task<JsonObject> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", sandbox.Application.Issuer.CreateGraphAppToken());
        var answer = await sandbox.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static async Task<(int Status, string? Code)> RefusalAsync<T>(Func<Task<T>> call)
    {
        var error = await Assert.ThrowsAsync<ODataError>(call);
        return (error.ResponseStatusCode, error.Error?.Code);
    }

    private GraphServiceClient ClientOf(string token) =>
        new(new WithToken(token), new Uri(sandbox.Application.Addresses.BackChannel, "/graph/v1.0").ToString());

    private sealed class WithToken(string token) : IAuthenticationProvider
    {
        public Task AuthenticateRequestAsync(
            RequestInformation request, Dictionary<string, object>? additionalAuthenticationContext = null, CancellationToken cancellationToken = default)
        {
            request.Headers.TryAdd("Authorization", $"Bearer {token}");
            return Task.CompletedTask;
        }
    }

    /// <summary>The types that Microsoft publishes for Graph, as far as a check of our answers needs them.</summary>
    private sealed class GraphMetadata
    {
        private static readonly XNamespace Edm = "http://docs.oasis-open.org/odata/ns/edm";
        private readonly Dictionary<string, XElement> types;
        private readonly Dictionary<string, HashSet<string>> enums;

        public GraphMetadata(string file)
        {
            var schema = XDocument.Load(file).Descendants(Edm + "Schema").First(element => (string?)element.Attribute("Namespace") == "microsoft.graph");
            types = schema.Elements().Where(element => element.Name.LocalName is "EntityType" or "ComplexType")
                .ToDictionary(element => (string)element.Attribute("Name")!);
            enums = schema.Elements(Edm + "EnumType").ToDictionary(
                element => (string)element.Attribute("Name")!,
                element => element.Elements(Edm + "Member").Select(member => (string)member.Attribute("Name")!).ToHashSet());
        }

        public void Check(JsonNode value, string type, string path, List<string> faults)
        {
            if (value["@odata.type"] is { } actual)
            {
                type = actual.ToString().Split('.')[^1];
            }

            foreach (var (name, content) in value.AsObject())
            {
                if (name.StartsWith('@'))
                {
                    continue;
                }

                if (TypeOf(type, name) is not { } declared)
                {
                    faults.Add($"{path}.{name} does not exist");
                }
                else if (content is not null)
                {
                    CheckValue(content, declared, $"{path}.{name}", faults);
                }
            }
        }

        private void CheckValue(JsonNode value, string declared, string path, List<string> faults)
        {
            if (declared.StartsWith("Collection(", StringComparison.Ordinal))
            {
                foreach (var item in value.AsArray())
                {
                    CheckValue(item!, declared["Collection(".Length..^1], path, faults);
                }

                return;
            }

            var name = declared.Split('.')[^1];
            var fits = declared switch
            {
                "Edm.String" => value.GetValueKind() == System.Text.Json.JsonValueKind.String,
                "Edm.Boolean" => value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
                "Edm.Int32" => value.AsValue().TryGetValue<int>(out _),
                "Edm.DateTimeOffset" => value.AsValue().TryGetValue<DateTimeOffset>(out _),
                "Edm.Date" => DateOnly.TryParse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture, out _),
                _ when enums.TryGetValue(name, out var members) => members.Contains(value.ToString()),
                _ => value is JsonObject,
            };
            if (!fits)
            {
                faults.Add($"{path} is no {declared}: {value.ToJsonString()}");
            }
            else if (value is JsonObject)
            {
                Check(value, name, path, faults);
            }
        }

        private string? TypeOf(string type, string property)
        {
            for (var at = types[type]; ; at = types[((string)at.Attribute("BaseType")!).Split('.')[^1]])
            {
                var found = at.Elements().FirstOrDefault(element => (string?)element.Attribute("Name") == property);
                if (found is not null || at.Attribute("BaseType") is null)
                {
                    return (string?)found?.Attribute("Type") ?? (property == "id" ? "Edm.String" : null);
                }
            }
        }
    }
}
