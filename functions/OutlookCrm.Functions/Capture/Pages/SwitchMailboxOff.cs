using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Switches off the logging of a mailbox for the firm, whatever its user wants. What was logged stays.</summary>
public sealed class SwitchMailboxOff(FirmSwitch firmSwitch)
{
    [Function(nameof(SwitchMailboxOff)), Requires(Role.Owner)]
    [Says("Log nothing more out of a mailbox, whatever its user wants")]
    [Answers(200, typeof(MailboxList)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "mailboxes/{id}/off")] HttpRequest request,
        string id,
        CancellationToken cancellation) => firmSwitch.SetAsync(id, isOff: true, cancellation);
}
