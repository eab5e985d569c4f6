using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace OutlookCrm.EndToEnd;

/// <summary>The small Outlook in the browser, with the task pane beside the mail.</summary>
public sealed class OutlookPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> complaints = new();
    private readonly ConcurrentQueue<string> outside = new();

    public OutlookPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            // Refused and failed requests are part of what is tested; the browser logs each as an error of its own.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Context.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https", Host: not "localhost" } address)
            {
                outside.Enqueue(address.ToString());
            }
        };
    }

    public IPage Page { get; }

    /// <summary>All rules. Of what passes, axe-core does not gather every element, which is a third of its time.</summary>
    public static AxeRunOptions OnlyViolations { get; } = new() { ResultTypes = [ResultType.Violations] };

    /// <summary>What stands inside the task pane.</summary>
    public IFrameLocator Pane => Page.FrameLocator("#pane-frame iframe");

    public ILocator Card => Pane.Locator("#card");

    /// <summary>The card's heading: who is shown.</summary>
    public ILocator Who => Pane.Locator("#card #who");

    /// <summary>The bar at the pane's foot.</summary>
    public ILocator Bar => Pane.Locator("#bar-text");

    /// <summary>The pane's own frame, for running script in it.</summary>
    public IFrame PaneFrame => Page.Frames.Single(frame => frame.Url.Contains("/api/pane/taskpane.html", StringComparison.Ordinal));

    /// <summary>What browser and page complained of: script errors, refusals of the Content-Security-Policy.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    /// <summary>Requests that left this machine.</summary>
    public IReadOnlyCollection<string> Outside => outside;

    /// <summary>Selects a mail or meeting: an id, <c>none</c>, or <c>from:ADDRESS</c> for the newest from somebody.</summary>
    public Task SelectAsync(string what) => Page.EvaluateAsync("what => window.smallOutlook.open(what)", what);

    /// <summary>Opens one section's form by the name of its pencil.</summary>
    public Task EditAsync(string what) => Card.GetByLabel(what, new() { Exact = true }).ClickAsync();

    /// <summary>Fails when axe-core finds anything in the pane as it stands.</summary>
    /// <param name="state">What is shown, for the message.</param>
    public async Task AssertAccessibleAsync(string state)
    {
        var found = await Page.RunAxe(new AxeRunContext { Include = [new AxeSelector("#pane-frame")] }, OnlyViolations);
        Assert.True(found.Violations.Length == 0, $"{state}:\n" + string.Join('\n', found.Violations.Select(v =>
            $"{v.Id}: {v.Help} — {string.Join(" | ", v.Nodes.Select(node => node.Html))}")));
    }

    /// <summary>Opens every fold that there is.</summary>
    public Task UnfoldAsync() => PaneFrame.EvaluateAsync("document.querySelectorAll('details').forEach((one) => (one.open = true))");

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
