using OutlookCrm.Pane;
using OutlookCrm.Search;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>A form for a sender whom nobody knows yet, prefilled, and who it may be that we know under another address.</summary>
public sealed class SenderGuess(ITableStore tables, SearchIndex search)
{
    private const int MaxCandidates = 5;
    private const int MaxClaims = 100;

    private readonly AddressClaims claims = new(tables);

    /// <summary>Two range reads at once: the mail domain, unless it is free mail, and search for the name.</summary>
    public async Task<UnknownSender> AboutAsync(
        Guid tenantId, MailAddress address, string? displayName, CancellationToken cancellation)
    {
        var sender = SenderName.Of(displayName, address);
        var atDomain = FreeMail.IsFree(address.Domain)
            ? Task.FromResult<IReadOnlyList<AddressClaim>>([])
            : claims.AtDomainAsync(tenantId, address.Domain, MaxClaims, cancellation);
        var byName = NamedAsync(tenantId, sender.Name, cancellation);
        var known = (await atDomain).Where(claim => claim.PendingChange is null).ToList();
        return new UnknownSender(Draft(address, sender, known), Candidates(await byName, known));
    }

    /// <summary>The same sender with a draft that knows more, and the candidates that a better name brings.</summary>
    public async Task<UnknownSender> WithDraftAsync(
        Guid tenantId, UnknownSender sender, CustomerDraft draft, CancellationToken cancellation)
    {
        var named = draft.Name == sender.Draft.Name ? [] : await NamedAsync(tenantId, draft.Name, cancellation);
        return new UnknownSender(draft, [.. Candidates(named, []).Concat(sender.Candidates).DistinctBy(c => c.Id).Take(MaxCandidates)]);
    }

    private async Task<IReadOnlyList<SearchHit>> NamedAsync(Guid tenantId, string name, CancellationToken cancellation) => name.Length > 1
        ? [.. (await search.FindAsync(tenantId, name, cancellation)).Hits.Where(hit => SearchWords.Fold(hit.Name) == SearchWords.Fold(name))]
        : [];

    internal static CustomerDraft Draft(MailAddress address, SenderName sender, IReadOnlyList<AddressClaim> known)
    {
        var company = CompanyAt(known) ?? (NameOfCompany(address, sender) is { } name ? new Company(null, name) : null);
        var isOrganisation = sender.IsRole && company is not null && !known.Any(claim => claim.Kind == CustomerKind.Organisation);
        var draftName = isOrganisation && sender.Name.Length == 0 ? company!.Name
            : sender.Name.Length > 0 ? sender.Name
            : address.LocalPart;
        var guessed = new List<string>();
        if (sender.IsGuess)
        {
            guessed.Add("name");
        }

        if (company is not null && !isOrganisation)
        {
            guessed.Add("company");
        }

        return new CustomerDraft(
            address.ToString(),
            isOrganisation ? CustomerKind.Organisation : CustomerKind.Person,
            draftName,
            isOrganisation ? null : company?.Name,
            isOrganisation ? null : company?.Id?.ToString(),
            JobTitle: null,
            Phone: null,
            Website: null,
            Language: null,
            PostalAddress: null,
            guessed);
    }

    /// <summary>The organisation with an address at the domain, or where most people with an address there work.</summary>
    private static Company? CompanyAt(IReadOnlyList<AddressClaim> known) =>
        known.FirstOrDefault(claim => claim.Kind == CustomerKind.Organisation) is { } organisation
            ? new Company(organisation.Customer, organisation.Name)
            : known.Where(claim => claim.Company is not null)
                .GroupBy(claim => claim.Company!)
                .OrderByDescending(group => group.Count())
                .ThenByDescending(group => group.Key.Id is not null)
                .FirstOrDefault()?.Key;

    // What the display name adds is better than the domain when it says the same more fully, or when the domain says nothing.
    private static string? NameOfCompany(MailAddress address, SenderName sender)
    {
        var fromDomain = CompanyName.FromDomain(address);
        return sender.Company is { } said && (fromDomain is null || Folded(said).Contains(Folded(fromDomain), StringComparison.Ordinal))
            ? said
            : fromDomain;

        static string Folded(string name) => SearchWords.Fold(name).Replace(" ", "", StringComparison.Ordinal);
    }

    private static List<Candidate> Candidates(IEnumerable<SearchHit> named, IEnumerable<AddressClaim> known) =>
    [
        .. named.Select(hit => new Candidate(hit.Id, hit.Name, hit.Company, hit.Address, CandidateReason.SameName))
            .Concat(known
                .OrderByDescending(claim => claim.Kind == CustomerKind.Organisation)
                .Select(claim => new Candidate(
                    claim.Customer.ToString(), claim.Name, claim.Company?.Name, claim.Address.ToString(), CandidateReason.SameCompanyDomain)))
            .DistinctBy(candidate => candidate.Id)
            .Take(MaxCandidates),
    ];
}
