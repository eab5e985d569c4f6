using System.Diagnostics.CodeAnalysis;
using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Whom an entry of a block list means: one address, or a domain with all its sub-domains.</summary>
public sealed record BlockTarget
{
    private BlockTarget(MailAddress? address, string? domain) => (Address, Domain) = (address, domain);

    /// <summary>Null when it is a domain.</summary>
    public MailAddress? Address { get; }

    /// <summary>As <see cref="MailAddress.Domain"/> has it; null when it is an address.</summary>
    public string? Domain { get; }

    /// <summary>As people write it.</summary>
    public string Text => Address?.ToString() ?? Domain!;

    internal string RowKey => Address is { } address ? TableKeys.BlockedAddress(address.Key) : TableKeys.BlockedDomain(Domain!);

    public static BlockTarget Of(MailAddress address) => new(address, domain: null);

    /// <summary>An address, a domain, or a domain after an @.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out BlockTarget? target)
    {
        target = MailAddress.TryParse(text, out var address) ? new(address, domain: null)
            : MailAddress.TryParseDomain(text?.Trim().TrimStart('@'), out var domain) ? new(address: null, domain)
            : null;
        return target is not null;
    }

    public bool Covers(MailAddress address) => new BlockedPeople(Address is { } a ? [a.Key] : [], Domain is { } d ? [d] : []).Covers(address);
}
