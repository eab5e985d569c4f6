using System.Diagnostics.CodeAnalysis;
using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Whom an entry of a block list means: one address, or a domain with all its sub-domains.</summary>
public sealed record BlockTarget
{
    private BlockTarget(MailAddress? address, string? domain, string text) => (Address, Domain, Text) = (address, domain, text);

    /// <summary>Null when it is a domain.</summary>
    public MailAddress? Address { get; }

    /// <summary>As <see cref="MailAddress.Domain"/> has it; null when it is an address.</summary>
    public string? Domain { get; }

    /// <summary>As people write it; not compared.</summary>
    public string Text { get; }

    internal string RowKey => Address is { } address ? TableKeys.BlockedAddress(address.Key) : TableKeys.BlockedDomain(Domain!);

    public static BlockTarget Of(MailAddress address) => new(address, domain: null, address.ToString());

    /// <summary>An address, or a domain: alone, after an @, or after the star by which people mean "all of it" (*@example.com, *.example.com).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out BlockTarget? target)
    {
        var bare = text?.Trim() ?? "";
        var isAll = bare.StartsWith("*@", StringComparison.Ordinal) || bare.StartsWith("*.", StringComparison.Ordinal);
        target = !isAll && MailAddress.TryParse(bare, out var address) ? Of(address)
            : MailAddress.TryParse($"all@{bare[(isAll ? 2 : 0)..].TrimStart('@')}", out var anybody) ? new(address: null, anybody.Domain, anybody.ShownDomain)
            : null;
        return target is not null;
    }

    public bool Equals(BlockTarget? other) => other is not null && Address == other.Address && Domain == other.Domain;

    public override int GetHashCode() => HashCode.Combine(Address, Domain);

    public bool Covers(MailAddress address) => new BlockedPeople(Address is { } a ? [a.Key] : [], Domain is { } d ? [d] : []).Covers(address);
}
