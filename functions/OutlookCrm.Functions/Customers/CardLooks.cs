using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OutlookCrm.Firm;
using OutlookCrm.Identity;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>
/// What each reader's last look at a card came to, for as long as the store says that nothing of it has changed: then its rows need not be
/// read again to know which answer it is.
/// </summary>
/// <param name="max">How many are kept. When there are more, all are forgotten: each costs one reading.</param>
public sealed class CardLooks(int max)
{
    /// <summary>Some 6 MB.</summary>
    internal const int Max = 12_000;

    private readonly ConcurrentDictionary<(Guid Tenant, Guid User, string Address), CardLook> looks = new();
    private int count;

    /// <summary>Forgets all of them: somebody was erased, and may be among them.</summary>
    public void Clear()
    {
        Volatile.Write(ref count, 0);
        looks.Clear();
    }

    /// <param name="firm">As it is now.</param>
    internal bool TryFind(Caller caller, MailAddress address, OwnFirm firm, DateTimeOffset now, [NotNullWhen(true)] out CardLook? look) =>
        looks.TryGetValue((caller.TenantId, caller.UserId, address.Key), out look) && look.Holds(firm, now);

    internal void Keep(Caller caller, MailAddress address, CardLook look)
    {
        var key = (caller.TenantId, caller.UserId, address.Key);
        if (looks.TryAdd(key, look))
        {
            if (Interlocked.Increment(ref count) > max)
            {
                Clear();
            }
        }
        else
        {
            looks[key] = look;
        }
    }
}

/// <summary>A look at a card.</summary>
/// <param name="Watch">Over all that was read.</param>
/// <param name="Firm">What the reader might see went by this.</param>
/// <param name="At">When it was, by the server's clock.</param>
/// <param name="Stamp">With <paramref name="Sight"/> it names the answer, see <see cref="Http.Answer.Kept"/>.</param>
internal sealed record CardLook(TableWatch Watch, OwnFirm Firm, DateTimeOffset At, RowsStamp Stamp, string Sight)
{
    public bool Holds(OwnFirm firm, DateTimeOffset now) =>
        ReferenceEquals(firm, Firm) && now >= At && now.UtcDateTime.Date == At.UtcDateTime.Date && Watch.IsUnchanged;
}
