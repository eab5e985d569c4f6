using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>Who everyone on a mail or meeting is: a point read for each address, all at once.</summary>
public sealed class FindPeople(Senders senders, FirmDirectory directory, Caller caller)
{
    [Function(nameof(FindPeople)), Requires(Role.Reader)]
    [Says("Who everyone on a mail or meeting is, in the order asked")]
    [Takes(typeof(FindPeopleRequest))]
    [Answers(200, typeof(PeopleOnItem))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "people")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<FindPeopleRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var firm = await directory.OfAsync(caller.TenantId, cancellation);
        var addresses = asked.People.Select(p => MailAddress.TryParse(p.Address, out var address) ? address : null).ToList();
        var strangers = addresses.OfType<MailAddress>().Where(address => !firm.IsColleague(address)).Distinct();
        var found = await Task.WhenAll(strangers.Select(async address => (address, await senders.FindClaimAsync(caller.TenantId, address, cancellation))));
        var byAddress = found.ToDictionary(f => f.address, f => f.Item2);

        return Answer.Ok(new PeopleOnItem([.. asked.People.Zip(addresses, (person, address) => address is null
            ? new PersonOnItem(person.Address, person.Name ?? "", PersonState.Invalid, null, null)
            : firm.IsColleague(address)
                ? new PersonOnItem(
                    address.ToString(), firm.FindByAddress(address)?.Name ?? Senders.NameOf(person.Name, address), PersonState.Colleague, null, null)
                : byAddress[address] is { } claim
                    ? new PersonOnItem(address.ToString(), claim.Name, PersonState.Known, claim.Customer.ToString(), claim.Company?.Name)
                    : new PersonOnItem(address.ToString(), Senders.NameOf(person.Name, address), PersonState.Unknown, null, null))]));
    }
}
