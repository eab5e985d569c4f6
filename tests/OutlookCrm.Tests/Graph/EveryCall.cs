using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using static OutlookCrm.Tests.Graph.PlannedGraph;

namespace OutlookCrm.Tests.Graph;

/// <summary>Each method of the product's client once, with all the requests that it can lead to.</summary>
internal static class EveryCall
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <returns>The names of the methods.</returns>
    public static async Task<IReadOnlySet<string>> MakeAsync(PlannedGraph graph)
    {
        var (mailboxes, folders, places) = (graph.Mailboxes, graph.Folders, graph.Places);
        var made = new HashSet<string>();
        var conflict = true;
        graph.Otherwise = context => Answer(context.Request)(context);
        await Note(folders.FindSpecialAsync(Tenant, User, default));
        await Note(folders.ListAsync(Tenant, User, default));
        var mail = await Note(mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default));
        await Note(mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", mail.Link, From, default));
        var meetings = await Note(mailboxes.ReadMeetingChangesAsync(Tenant, User, null, From, From.AddYears(1), default));
        await Note(mailboxes.ReadMeetingChangesAsync(Tenant, User, meetings.Link, From, From.AddYears(1), default));
        var page = await Note(mailboxes.ReadMailAsync(Tenant, User, "inbox", From, From.AddYears(1), null, default));
        await Note(mailboxes.ReadMailAsync(Tenant, User, "inbox", From, From.AddYears(1), page.Next, default));
        var view = await Note(mailboxes.ReadMeetingsAsync(Tenant, User, From, From.AddYears(1), null, default));
        await Note(mailboxes.ReadMeetingsAsync(Tenant, User, From, From.AddYears(1), view.Next, default));
        Assert.True(MailAddress.TryParse("kim@stranger.example", out var kim));
        var search = await Note(mailboxes.SearchMailAsync(Tenant, User, kim, null, default));
        await Note(mailboxes.SearchMailAsync(Tenant, User, kim, search.Next, default));
        await Note(mailboxes.FindMailAsync(Tenant, User, "AAMk=", default));
        await Note(places.FindWebLinkAsync(Tenant, User, "<o'hara@example.com>", default));
        await Note(mailboxes.FindMailByMessageIdAsync(Tenant, User, "<o'hara@example.com>", default));
        await Note(mailboxes.FindMeetingAsync(Tenant, User, "AAMk=", default));
        var place = await Note(places.FindMeetingPlaceAsync(Tenant, User, "AAMk=", default));
        await Note(places.FindSameMeetingAsync(Tenant, User, place!, default));
        await Note(mailboxes.ListDomainsAsync(Tenant, default));

        var subscriptions = graph.Subscriptions;
        var subscription = await Note(subscriptions.SubscribeAsync(
            Tenant,
            new SubscriptionRequest(
                $"users/{User}/mailFolders/AAMk=/messages", "created,updated,deleted", new Uri("https://crm.example/hook"),
                new Uri("https://crm.example/life"), "secret", From.AddDays(6)),
            default));
        await Note(subscriptions.RenewAsync(Tenant, subscription.Id, From.AddDays(9), default));
        await subscriptions.UnsubscribeAsync(Tenant, subscription.Id, default);
        made.Add(nameof(subscriptions.UnsubscribeAsync));

        var reminders = graph.Reminders;
        var text = new ReminderText("Call Kim", "<p>Call Kim</p>", From, new DateOnly(2026, 1, 1), "https://outlook.example/1");
        await Note(reminders.CreateEventAsync(Tenant, User, "key", text, default));
        await Note(reminders.ChangeEventAsync(Tenant, User, "AAMk=", text, default));
        await Note(reminders.FindEventAsync(Tenant, User, "AAMk=", default));
        await Note(reminders.FindEventByKeyAsync(Tenant, User, "key", default));
        await Note(reminders.ListTaskListsAsync(Tenant, User, default));
        await Note(reminders.CreateTaskAsync(Tenant, User, "AAMk=", "key", text, default));
        await Note(reminders.ChangeTaskAsync(Tenant, User, "AAMk=", "AAMk=", text, untick: true, default));
        await Note(reminders.FindTaskAsync(Tenant, User, "AAMk=", "AAMk=", default));
        await Note(reminders.FindTaskByKeyAsync(Tenant, User, "key", default));
        var tasks = await Note(reminders.ReadTaskChangesAsync(Tenant, User, "AAMk=", null, default));
        await Note(reminders.ReadTaskChangesAsync(Tenant, User, "AAMk=", tasks.Link, default));
        await reminders.RemoveEventAsync(Tenant, User, "AAMk=", default);
        made.Add(nameof(reminders.RemoveEventAsync));
        await reminders.RemoveTaskAsync(Tenant, User, "AAMk=", "AAMk=", default);
        made.Add(nameof(reminders.RemoveTaskAsync));

        var digests = graph.Digests;
        await digests.CreateDraftAsync(Tenant, User, "key", "Your day", "<p>Call Kim</p>", default);
        made.Add(nameof(digests.CreateDraftAsync));
        await Note(digests.HasDraftAsync(Tenant, User, "key", default));
        return made;

        Task<T> Note<T>(Task<T> call, [CallerArgumentExpression(nameof(call))] string words = "")
        {
            made.Add(words[(words.IndexOf('.', StringComparison.Ordinal) + 1)..words.IndexOf('(', StringComparison.Ordinal)]);
            return call;
        }

        Answer Answer(HttpRequest request)
        {
            var path = request.Path.Value!;
            var item = new JsonObject { ["id"] = "AAMk=", ["iCalUId"] = "uid", ["webLink"] = "https://outlook.example/1", ["isVerified"] = true, ["start"] = new JsonObject { ["dateTime"] = "2026-01-01T00:00:00" }, ["childFolderCount"] = path.Contains("childFolders", StringComparison.Ordinal) ? 0 : 1 };
            if (request.Method is "POST" && conflict)
            {
                conflict = false;
                return Json(409, Error("ExtensionError"));
            }

            if (path.Contains("subscriptions", StringComparison.Ordinal))
            {
                var subscription = new JsonObject
                {
                    ["id"] = "22222222-0000-4000-8000-000000000000",
                    ["resource"] = $"users/{User}/mailFolders/AAMk=/messages",
                    ["changeType"] = "created,updated,deleted",
                    ["clientState"] = "another",
                    ["expirationDateTime"] = "2026-01-07T00:00:00Z",
                };
                return request.Method is "GET" ? Json(200, Page([subscription])) : Json(request.Method is "POST" ? 201 : 200, subscription);
            }

            var isLast = request.QueryString.Value!.Contains("token", StringComparison.Ordinal);
            var link = $"{graph.Root}{path["/v1.0".Length..]}?$skiptoken=2";
            return Json(200, path.Contains("delta", StringComparison.Ordinal)
                ? Page([item], isLast ? null : link, isLast ? link : null)
                : path.Split('/')[^1] is "messages" or "calendarView" or "mailFolders" or "childFolders" or "domains" or "lists"
                    || (request.Method is "GET" && path.Split('/')[^1] is "events" or "tasks")
                    ? Page([item], isLast ? null : link)
                    : item);
        }
    }
}
