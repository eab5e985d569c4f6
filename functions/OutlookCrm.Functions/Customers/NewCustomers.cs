using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;

namespace OutlookCrm.Customers;

/// <summary>Makes customers, who are looked after by whoever makes them. The first to claim an address gets it, all others that customer.</summary>
public sealed class NewCustomers(CustomerStore customers, CustomerChanges changes, ErasedPeople erased, TimeProvider clock)
{
    /// <summary>Null, with errors by field, when the request breaks a rule.</summary>
    /// <param name="id">The customer's, when whoever asks may ask again after a crash; null for a new one.</param>
    /// <param name="importId">The import that makes it; null for none.</param>
    public async Task<Creation?> AddAsync(
        Caller caller, CreateCustomerRequest asked, FieldErrors errors, CancellationToken cancellation, CustomerId? id = null, Guid? importId = null)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(errors);
        var now = clock.GetUtcNow();
        var company = await CompanyField.FindAsync(customers, caller.TenantId, asked.CompanyId, errors, cancellation);
        var edit = CustomerEdit.From(
            new UpdateCustomerRequest
            {
                Name = new(asked.Name),
                Company = new(asked.Company),
                JobTitle = new(asked.JobTitle),
                Phones = new(asked.Phones),
                PostalAddress = new(asked.PostalAddress),
                Language = new(asked.Language),
                Website = new(asked.Website),
            },
            company,
            owner: null,
            caller.UserId,
            now.DayInUtc(),
            errors);
        var address = string.IsNullOrWhiteSpace(asked.Address) ? null : CustomerRules.Address(asked.Address, errors);
        if (string.IsNullOrWhiteSpace(asked.Address) && asked.Kind == CustomerKind.Person)
        {
            errors.Add("address", "is required for a person");
        }

        if (address is not null && await erased.FindAsync(caller.TenantId, address, cancellation) is not null)
        {
            errors.Add("address", ErasedPeople.Refusal);
        }

        if (errors.Any)
        {
            return null;
        }

        var blank = new Customer(
            default, asked.Kind, "", null, null, [], null, null, null,
            new Colleague(caller.UserId.ToString("D"), caller.Name), asked.Stage, [], [], new Preferences(null, false, null),
            PrimaryAddress: null, CreatedAt: now, Contact: default, Version: "")
        {
            Import = importId is { } import ? new ImportMark(import, IsTouched: false) : null,
        };
        return await changes.CreateAsync(
            caller.TenantId,
            edit.Apply(blank),
            address is null ? null : new CustomerAddress(address, null, asked.Source, now, caller.Name),
            cancellation,
            id);
    }
}
