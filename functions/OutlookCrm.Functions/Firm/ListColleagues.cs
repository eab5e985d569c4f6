using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Firm;

/// <summary>Whom a customer can be given to.</summary>
public sealed class ListColleagues(FirmDirectory directory, Caller caller)
{
    private const int MaxColleagues = 100;

    [Function(nameof(ListColleagues)), Requires(Role.Reader)]
    [Says("Who of the firm has used the product, by name; the caller is always among them")]
    [Answers(200, typeof(ColleagueList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "colleagues")] HttpRequest request, CancellationToken cancellation)
    {
        var firm = await directory.OfAsync(caller.TenantId, cancellation);
        var self = new Colleague(caller.UserId.ToString("D"), caller.Name);
        var others = firm.All.Where(colleague => colleague.Id != self.Id).Take(MaxColleagues - 1);
        return Answer.Ok(new ColleagueList([.. others.Append(self).OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase)]));
    }
}
