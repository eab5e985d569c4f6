using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>
/// Changes fields of a customer's record. If-Match guards the record, not the card: notes and addresses that came in between are
/// no conflict. An edit that is already so is answered as done, so sending one again after a lost answer is safe.
/// </summary>
public sealed class UpdateCustomer(
    CustomerStore customers, CustomerChanges changes, FirmDirectory directory, Caller caller, TimeProvider clock)
{
    [Function(nameof(UpdateCustomer)), Requires(Role.Member)]
    [Says("Change fields of a customer (JSON merge patch); send its ETag in If-Match")]
    [Takes(typeof(UpdateCustomerRequest))]
    [Answers(200, typeof(CustomerCard)), Answers(404)]
    [Answers(412, typeof(EditConflict), "Somebody changed the record since it was read; nothing was saved"), Answers(428)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "customers/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<UpdateCustomerRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal) || !EntityTag.TryReadIfMatch(request, out var version, out refusal))
        {
            return refusal;
        }

        if (!CustomerId.TryParse(id, out var customerId)
            || await customers.ReadSheetAsync(caller, customerId, kind: null, cancellation) is not { } sheet)
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        var errors = new FieldErrors();
        var company = await CompanyField.FindAsync(customers, caller.TenantId, asked.CompanyId.Or(null), errors, cancellation);
        var owner = await FindOwnerAsync(asked.OwnerId.Or(null), sheet.Stored.Customer, errors, cancellation);
        var edit = CustomerEdit.From(asked, company, owner, caller.UserId, clock.GetUtcNow().DayInUtc(), errors);
        if (edit.Kind.Or(sheet.Stored.Customer.Kind) == CustomerKind.Person && sheet.Stored.Customer.Kind == CustomerKind.Organisation)
        {
            if (sheet.PeopleCount > 0)
            {
                errors.Add("kind", "must stay an organisation while people belong to it");
            }

            if (sheet.Stored.Addresses.Count == 0)
            {
                errors.Add("kind", "must stay an organisation while it has no address");
            }
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var isConflict = false;
        var stored = await changes.EditAsync(
            caller.TenantId,
            customerId,
            current =>
            {
                var edited = edit.Apply(current);
                isConflict = current.Version != version && !CustomerRow.AreAlike(edited, current);
                return isConflict ? null : edited;
            },
            cancellation);
        if (stored is null || await customers.ReadSheetAsync(caller, customerId, stored.Customer.Kind, cancellation) is not { } now)
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        var card = now.ToCard();
        return isConflict
            ? Answer.Changed(new EditConflict(card, edit.Against(now.Stored.Customer)))
            : Answer.Ok(card, card.ETag);
    }

    /// <summary>The colleague with this id. Whoever looks after the customer now may have left the firm and stay.</summary>
    private async Task<Colleague?> FindOwnerAsync(
        string? ownerId, Customer customer, FieldErrors errors, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(ownerId))
        {
            return null;
        }

        if (Guid.TryParse(ownerId, out var userId))
        {
            if (userId == caller.UserId)
            {
                return new Colleague(userId.ToString("D"), caller.Name);
            }

            if ((await directory.OfAsync(caller.TenantId, cancellation)).FindById(userId) is { } colleague)
            {
                return colleague;
            }

            if (customer.Owner?.Id == userId.ToString("D"))
            {
                return customer.Owner;
            }
        }

        errors.Add("ownerId", "must be the id of a colleague");
        return null;
    }
}
