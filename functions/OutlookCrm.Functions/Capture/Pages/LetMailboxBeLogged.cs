using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>Takes back <see cref="SwitchMailboxOff"/>: its user decides again.</summary>
public sealed class LetMailboxBeLogged(FirmSwitch firmSwitch)
{
    [Function(nameof(LetMailboxBeLogged)), Requires(Role.Owner)]
    [Says("Leave it to a mailbox's user again whether it is logged")]
    [Answers(200, typeof(MailboxList)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "mailboxes/{id}/off")] HttpRequest request,
        string id,
        CancellationToken cancellation) => firmSwitch.SetAsync(id, isOff: false, cancellation);
}
