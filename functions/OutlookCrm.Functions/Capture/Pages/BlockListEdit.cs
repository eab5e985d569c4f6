using Microsoft.AspNetCore.Http;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;

namespace OutlookCrm.Capture.Pages;

/// <summary>What blocking and allowing do to a list, a mailbox's or the firm's.</summary>
public sealed class BlockListEdit(BlockLists blocks, FirmDirectory directory, CaptureRequests requests, Caller caller)
{
    /// <param name="userId">Whose mailbox; null is the firm's list.</param>
    /// <returns>Null when it is on the list now.</returns>
    internal async Task<IResult?> AddAsync(Guid? userId, string what, CancellationToken cancellation)
    {
        if (!BlockTarget.TryParse(what, out var target))
        {
            return Answer.Invalid("what", "must be a mail address or a domain such as example.com");
        }

        var firm = await directory.OfAsync(caller.TenantId, cancellation);
        if (target.Address is { } address ? firm.IsColleague(address) : firm.IsOwnDomain(target.Domain!))
        {
            return Answer.Invalid("what", "is our own: mail among ourselves is not logged anyway");
        }

        return await blocks.AddAsync(caller.TenantId, userId, target, caller.Name, cancellation)
            ? null
            : Answer.Conflict($"The list has {BlockLists.MaxEntries} entries, which is all that it holds.");
    }

    /// <param name="userId">Whose mailbox; null is the firm's list.</param>
    /// <returns>Null when it was on the list and is not any more.</returns>
    internal async Task<IResult?> RemoveAsync(Guid? userId, string what, CancellationToken cancellation)
    {
        if (!BlockTarget.TryParse(what, out var target) || !await blocks.RemoveAsync(caller.TenantId, userId, target, cancellation))
        {
            return Answer.NotFound("The list has no such entry.");
        }

        if (target.Address is { } address)
        {
            // What was left out meanwhile, if they are a customer.
            await requests.FindHistoryAsync(caller.TenantId, address, cancellation);
        }

        return null;
    }
}
