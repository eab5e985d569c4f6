using System.Security.Cryptography;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Privacy;

/// <summary>
/// Table <c>tombstones</c>: whom capture must not bring back. Of an address only a hash is kept, under a salt that is the firm's own, so
/// that nobody reads it out of the table who does not already have the address.
/// </summary>
public sealed class ErasedPeople(ITableStore tables, TimeProvider clock)
{
    private const int PageRows = 1_000;
    private const string Salt = "Salt";
    private const string ErasedAt = "ErasedAt";
    private const string Mark = "Mark";

    /// <summary>Why somebody who was erased is not made a customer again by the way.</summary>
    internal const string Refusal = "is of somebody who was erased; if they came back by themselves, an owner says so under Mailboxes, Erased people";

    private static readonly RowKeyRange SaltAndHashes = new(TableKeys.ErasedAddresses.From, TableKeys.TombstoneSalt + '\u0020');

    /// <summary>All of a firm: one range read for each thousand.</summary>
    public async Task<ErasedAddresses> ReadAsync(Guid tenantId, CancellationToken cancellation)
    {
        var hashes = new List<string>();
        byte[]? salt = null;
        await foreach (var row in tables.ReadAllAsync(Tables.Tombstones, TableKeys.Tombstones(tenantId), SaltAndHashes, PageRows, cancellation))
        {
            if (row.RowKey == TableKeys.TombstoneSalt)
            {
                salt = (byte[])row.Properties[Salt];
            }
            else
            {
                hashes.Add(TableKeys.Last(row.RowKey));
            }
        }

        return salt is null ? ErasedAddresses.None : new ErasedAddresses(salt, hashes);
    }

    /// <summary>When the owner of this address was erased; null when they were not. Two point reads.</summary>
    public async Task<DateTimeOffset?> FindAsync(Guid tenantId, MailAddress address, CancellationToken cancellation) =>
        await FindSaltAsync(tenantId, cancellation) is { } salt
        && await tables.FindAsync(
            Tables.Tombstones, TableKeys.Tombstones(tenantId), TableKeys.ErasedAddress(ErasedAddresses.Hash(salt, address)), cancellation) is { } row
            ? (DateTimeOffset)row.Properties[ErasedAt]
            : null;

    /// <summary>Remembers that the owner of this address was erased; the first time counts.</summary>
    public async Task AddAsync(Guid tenantId, MailAddress address, CancellationToken cancellation)
    {
        var salt = await SaltAsync(tenantId, cancellation);
        await tables.InsertAsync(
            Tables.Tombstones,
            new TableRow(
                TableKeys.Tombstones(tenantId),
                TableKeys.ErasedAddress(ErasedAddresses.Hash(salt, address)),
                new Dictionary<string, object> { [ErasedAt] = clock.GetUtcNow().ToUniversalTime() }),
            cancellation);
    }

    /// <summary>They want to be a customer again. False when they were not erased.</summary>
    public async Task<bool> LiftAsync(Guid tenantId, MailAddress address, CancellationToken cancellation) =>
        await FindSaltAsync(tenantId, cancellation) is { } salt
        && await tables.DeleteAsync(
            Tables.Tombstones,
            TableKeys.Tombstones(tenantId),
            TableKeys.ErasedAddress(ErasedAddresses.Hash(salt, address)),
            etag: null,
            cancellation) == WriteResult.Written;

    /// <summary>
    /// Tells every browser to forget the cards it keeps: whoever was erased may stand on any of them. The mark is random, and names nobody.
    /// </summary>
    internal Task ForgetCardsAsync(Guid tenantId, CancellationToken cancellation) => tables.PutAsync(
        Tables.Tombstones,
        new TableRow(TableKeys.Tombstones(tenantId), TableKeys.CardsMark, new Dictionary<string, object> { [Mark] = Guid.NewGuid() }),
        cancellation);

    /// <summary>Another one since the last erasure; null while nobody ever was erased. One point read.</summary>
    internal async Task<Guid?> FindCardsMarkAsync(Guid tenantId, CancellationToken cancellation) =>
        (await tables.FindAsync(Tables.Tombstones, TableKeys.Tombstones(tenantId), TableKeys.CardsMark, cancellation))?.Properties[Mark] as Guid?;

    /// <summary>Names whoever is erased without saying who it is: the same for the same text, in this firm only.</summary>
    /// <param name="text">An address's key, or a customer's id.</param>
    internal async Task<string> NameOfAsync(Guid tenantId, string text, CancellationToken cancellation) =>
        ErasedAddresses.Hash(await SaltAsync(tenantId, cancellation), text);

    private async Task<byte[]> SaltAsync(Guid tenantId, CancellationToken cancellation)
    {
        if (await FindSaltAsync(tenantId, cancellation) is { } there)
        {
            return there;
        }

        var salt = RandomNumberGenerator.GetBytes(ErasedAddresses.SaltBytes);
        var row = new TableRow(TableKeys.Tombstones(tenantId), TableKeys.TombstoneSalt, new Dictionary<string, object> { [Salt] = salt });
        return (await tables.InsertAsync(Tables.Tombstones, row, cancellation)).IsWritten
            ? salt
            : (await FindSaltAsync(tenantId, cancellation))!; // somebody was faster: theirs is the salt
    }

    private async Task<byte[]?> FindSaltAsync(Guid tenantId, CancellationToken cancellation) =>
        (await tables.FindAsync(Tables.Tombstones, TableKeys.Tombstones(tenantId), TableKeys.TombstoneSalt, cancellation))?.Properties[Salt] as byte[];
}
