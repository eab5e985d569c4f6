using Microsoft.AspNetCore.Http;
using OutlookCrm.Http;
using OutlookCrm.Identity;

namespace OutlookCrm.Interactions;

/// <summary>What saying that no answer is needed, and taking it back, share as HTTP has them.</summary>
public sealed class NoAnswerLines(CapturedLines lines, NoAnswerNeeded noAnswer, InteractionStore interactions, Caller caller)
{
    internal const string WhenNobodyWaits = "It is no customer's mail of the last 30 days: nobody waits because of it";

    /// <summary>The same however often it is asked: the mail is named, so a newer one that the caller did not see still waits.</summary>
    internal async Task<IResult> SayAsync(string customerId, string lineId, bool isSaid, CancellationToken cancellation)
    {
        if (await lines.FindAsync(customerId, lineId, cancellation) is not { } line)
        {
            return Answer.NotFound(CapturedLines.NotFound);
        }

        if (!noAnswer.MayBeSaidOf(line.Details))
        {
            return Answer.Conflict($"{WhenNobodyWaits}.");
        }

        await noAnswer.SayAsync(caller.TenantId, line.Customer, line.Details, isSaid, cancellation);
        return await interactions.ReadLineAsync(caller, line.Customer, line.Details, cancellation) is { } now
            ? Answer.Ok(now)
            : Answer.NotFound(CapturedLines.NotFound);
    }
}
