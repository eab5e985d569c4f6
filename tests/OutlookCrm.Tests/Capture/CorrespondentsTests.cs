using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Storage;
using static OutlookCrm.Tests.Capture.Sample;

namespace OutlookCrm.Tests.Capture;

public sealed class CorrespondentsTests : IDisposable
{
    private static readonly Guid Tenant = Guid.NewGuid();
    private static readonly Guid User = Mailbox.UserId;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly SqliteTableStore store;
    private readonly Correspondents correspondents;

    public CorrespondentsTests()
    {
        store = new SqliteTableStore(Path.Combine(folder.FullName, "records.db"), TimeSpan.FromSeconds(30));
        correspondents = new Correspondents(store);
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Mails_are_counted_by_direction_with_their_first_and_last_time_and_the_newest_name()
    {
        await CountAsync(From(1, At, "Toni A."), To(2, At.AddDays(-3)), From(3, At.AddDays(2), "Toni\u202e Arch\r\nitekt "), From(4, At.AddDays(1), "old"));

        var toni = Assert.Single(await ReadAsync());
        Assert.Equal((Toni, 3, 1, At.AddDays(-3), At.AddDays(2), "Toni Arch  itekt"), (toni.Address, toni.Incoming, toni.Outgoing, toni.FirstAt, toni.LastAt, toni.Name));
    }

    [Fact]
    public async Task The_same_mail_again_counts_nothing_and_writes_nothing()
    {
        var page = Enumerable.Range(0, 40).Select(i => From(i, At.AddDays(-i))).ToArray();
        await CountAsync(page);
        using var counts = new StorageCounts(store);

        await CountAsync([.. page.Reverse(), .. page]);

        Assert.Equal((40, 0L), (Assert.Single(await ReadAsync()).Incoming, counts.Writes(Tables.People)));
    }

    [Fact]
    public async Task More_mails_than_are_known_again_never_count_twice_in_whatever_order_they_come()
    {
        var all = Enumerable.Range(0, 300).Select(i => From(i, At.AddMinutes(i))).ToArray();
        await CountAsync(all);
        Assert.Equal(300, Assert.Single(await ReadAsync()).Incoming);

        foreach (var page in all.Chunk(50).Reverse())
        {
            await CountAsync(page);
        }

        var toni = Assert.Single(await ReadAsync());
        Assert.Equal((300, At.AddMinutes(299), Correspondents.MaxKept), (toni.Incoming, toni.LastAt, toni.Newest.Count));
    }

    [Fact]
    public async Task Eight_writers_at_once_lose_nothing_and_count_nothing_twice()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 6; i++)
            {
                // Each mail comes by two writers.
                await CountAsync(From((writer / 2 * 6) + i, At.AddMinutes((writer / 2 * 6) + i)), Mail(Stranger, writer * 100, At));
            }
        })));

        var people = await ReadAsync();
        Assert.Equal((24, 8), (people.Single(who => who.Address == Toni).Incoming, people.Single(who => who.Address == Stranger).Incoming));
    }

    [Fact]
    public async Task A_page_with_hundreds_of_people_counts_each_and_each_mailbox_its_own()
    {
        var crowd = Enumerable.Range(0, 250).Select(i => Mail(Address($"p{i:D3}@fair.example"), i, At)).ToArray();
        await CountAsync([.. crowd, .. crowd]);
        var other = Guid.NewGuid();
        await correspondents.CountAsync(Tenant, other, [From(1, At)], default);

        Assert.Equal(Enumerable.Repeat(1, 250), (await ReadAsync()).Select(who => who.Incoming));
        Assert.Equal([Toni], await ReadAsync(other));
    }

    [Fact]
    public async Task Who_is_forgotten_is_gone_and_may_come_again()
    {
        await CountAsync(From(1, At), Mail(Stranger, 2, At));

        Assert.True(await correspondents.ForgetAsync(Tenant, User, Address("TONI@architekten.example"), default));
        Assert.False(await correspondents.ForgetAsync(Tenant, User, Toni, default));
        Assert.Equal([Stranger], (await ReadAsync()).Select(who => who.Address));

        await CountAsync(From(3, At));
        Assert.Equal(2, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task A_name_as_long_and_as_strange_as_mail_allows_is_kept_as_one_line_that_a_table_takes()
    {
        foreach (var name in new[] { new string('x', 70_000), "\0\0", "\ud800", "\ufffe\uffff", string.Concat(Enumerable.Repeat("😀", 300)), "\u2028a\u2029", null! })
        {
            await CountAsync(Mail(Toni, name?.Length ?? -1, At, name));
            Assert.InRange(Assert.Single(await ReadAsync()).Name.Length, 0, 200);
        }
    }

    private static CorrespondentMail From(int id, DateTimeOffset at, string? name = "") => Mail(Toni, id, at, name);

    private static CorrespondentMail To(int id, DateTimeOffset at) => Mail(Toni, id, at) with { Direction = Direction.Outgoing };

    private static CorrespondentMail Mail(MailAddress who, int id, DateTimeOffset at, string? name = "") =>
        new($"{id:x32}", new Correspondent(who, name!), Direction.Incoming, at);

    private Task CountAsync(params CorrespondentMail[] mails) => correspondents.CountAsync(Tenant, User, mails, default);

    private async Task<List<CorrespondentRow>> ReadAsync()
    {
        var all = new List<CorrespondentRow>();
        await foreach (var row in correspondents.ReadAsync(Tenant, User, default))
        {
            all.Add(row);
        }

        return all;
    }

    private async Task<List<MailAddress>> ReadAsync(Guid user)
    {
        var all = new List<MailAddress>();
        await foreach (var row in correspondents.ReadAsync(Tenant, user, default))
        {
            all.Add(row.Address);
        }

        return all;
    }
}
