using System.Globalization;
using OutlookCrm.Http;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>Fields to change, judged and in the form in which they are kept; what is not given stays.</summary>
/// <param name="Company">Of <see cref="UpdateCustomerRequest.Company"/> and <see cref="UpdateCustomerRequest.CompanyId"/>.</param>
public sealed record CustomerEdit(
    Optional<string> Name,
    Optional<CustomerKind> Kind,
    Optional<CompanyEdit?> Company,
    Optional<string?> JobTitle,
    Optional<IReadOnlyList<Phone>> Phones,
    Optional<PostalAddress?> PostalAddress,
    Optional<string?> Language,
    Optional<string?> Website,
    Optional<Colleague?> Owner,
    Optional<CustomerStage> Stage,
    Optional<IReadOnlyList<string>> Tags,
    Optional<IReadOnlyList<Expectation>> Expectations,
    Optional<Preferences> Preferences,
    Optional<ContactRhythm?> Rhythm)
{
    /// <param name="company">The organisation of <see cref="UpdateCustomerRequest.CompanyId"/>.</param>
    /// <param name="owner">The colleague of <see cref="UpdateCustomerRequest.OwnerId"/>.</param>
    /// <param name="editorId">Who edits.</param>
    public static CustomerEdit From(
        UpdateCustomerRequest request, Customer? company, Colleague? owner, Guid editorId, DateOnly today, FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new CustomerEdit(
            Map(request.Name, name => CustomerRules.Name(name, errors)),
            request.Kind,
            CompanyOf(request, company, errors),
            Map(request.JobTitle, title => CustomerRules.JobTitle(title, errors)),
            Map(request.Phones, phones => CustomerRules.Phones(phones, errors)),
            Map(request.PostalAddress, address => CustomerRules.PostalAddress(address, errors)),
            Map(request.Language, tag => CustomerRules.Language(tag, errors)),
            Map(request.Website, website => CustomerRules.Website(website, errors)),
            Map(request.OwnerId, _ => owner),
            request.Stage,
            Map(request.Tags, tags => CustomerRules.Tags(tags, errors)),
            Map(request.Expectations, expectations => CustomerRules.Expectations(expectations, today, errors)),
            Map(request.Preferences, preferences => CustomerRules.Preferences(preferences, errors)),
            Map(request.EveryDays, days => CustomerRules.Rhythm(days, editorId, errors)));
    }

    /// <summary>The customer with these fields. An organisation has no company: what was given for one is left out.</summary>
    public Customer Apply(Customer customer)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var kind = Kind.Or(customer.Kind);
        return customer with
        {
            Kind = kind,
            Name = Name.Or(customer.Name),
            Company = kind == CustomerKind.Organisation ? null : !Company.IsGiven ? customer.Company : Company.Value?.Apply(customer.Company),
            JobTitle = JobTitle.Or(customer.JobTitle),
            Phones = Phones.Or(customer.Phones),
            PostalAddress = PostalAddress.Or(customer.PostalAddress),
            Language = Language.Or(customer.Language),
            Website = Website.Or(customer.Website),
            Owner = Owner.Or(customer.Owner),
            Stage = Stage.Or(customer.Stage),
            StageBefore = Stage.IsGiven ? null : customer.StageBefore,
            Tags = Tags.Or(customer.Tags),
            Expectations = Expectations.Or(customer.Expectations),
            Preferences = Preferences.Or(customer.Preferences),

            // Who wished it stays while it is the same.
            Rhythm = Rhythm.IsGiven && Rhythm.Value?.EveryDays != customer.Rhythm?.EveryDays ? Rhythm.Value : customer.Rhythm,
        };
    }

    /// <summary>The fields that this would change on a record as it is now, with what it would write and what is there.</summary>
    public IReadOnlyList<FieldConflict> Against(Customer theirs)
    {
        var yours = Apply(theirs);
        var fields = new List<FieldConflict>();
        Compare("name", "Name", c => c.Name);
        Compare("kind", "This is a", c => c.Kind == CustomerKind.Person ? "Person" : "Company");
        Compare("company", "Company", c => c.Company?.Name);
        Compare("jobTitle", "Job title", c => c.JobTitle);
        Compare("phones", "Phone numbers", c => string.Join('\n', c.Phones.Select(p => p.Label is null ? p.Number : $"{p.Label}: {p.Number}")));
        Compare("postalAddress", "Postal address", c => c.PostalAddress is not { } a
            ? null
            : string.Join(", ", new[] { a.Street, a.PostalCode, a.City, a.Region, a.Country }.Where(part => part is not null)));
        Compare("language", "Language", c => c.Language);
        Compare("website", "Website", c => c.Website);
        Compare("ownerId", "Looked after by", c => c.Owner?.Name);
        Compare("stage", "Stage", c => c.Stage == CustomerStage.Former ? "Former customer" : c.Stage.ToString());
        Compare("tags", "Tags", c => string.Join(", ", c.Tags));
        Compare("expectations", "Expectations", c => string.Join('\n', c.Expectations.Select(e =>
            $"{e.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {e.Text}")));
        Compare("preferences", "Preferences", c => string.Join('\n', new[]
        {
            c.Preferences.ContactBy is { } channel ? $"Contact by {channel.ToString().ToLowerInvariant()}" : null,
            c.Preferences.NoCampaigns ? "No campaigns" : null,
            c.Preferences.Note,
        }.Where(line => line is not null)));
        Compare("everyDays", "Stay in touch", c => c.Rhythm is { } rhythm ? $"every {rhythm.EveryDays.ToString(CultureInfo.InvariantCulture)} days" : null);
        return fields;

        void Compare(string field, string label, Func<Customer, string?> shown)
        {
            var (your, their) = (shown(yours) ?? "", shown(theirs) ?? "");
            if (your != their)
            {
                fields.Add(new FieldConflict(field, label, your, their));
            }
        }
    }

    private static Optional<TTo> Map<TFrom, TTo>(Optional<TFrom> field, Func<TFrom, TTo> rule) =>
        field.IsGiven ? new Optional<TTo>(rule(field.Value)) : default;

    private static Optional<CompanyEdit?> CompanyOf(UpdateCustomerRequest request, Customer? company, FieldErrors errors)
    {
        if (company is not null)
        {
            return new(new CompanyEdit(company.Id, company.Name, IsUnlinked: false));
        }

        if (request.Company.IsGiven)
        {
            var name = CustomerRules.Company(request.Company.Value, errors);
            return new(name is null ? null : new CompanyEdit(null, name, IsUnlinked: request.CompanyId.IsGiven));
        }

        return request.CompanyId.IsGiven ? new(new CompanyEdit(null, null, IsUnlinked: true)) : default;
    }
}

/// <summary>Another company for a person.</summary>
/// <param name="Name">Null keeps the name.</param>
/// <param name="IsUnlinked">The company is to be a name only.</param>
public sealed record CompanyEdit(CustomerId? Id, string? Name, bool IsUnlinked)
{
    /// <summary>The same name sent back unlinks nobody: a form sends all its fields.</summary>
    public Company? Apply(Company? current) => Id is not null || (Name is not null && Name != current?.Name)
        ? new Company(Id, Name!)
        : IsUnlinked && current is not null ? current with { Id = null } : current;
}
