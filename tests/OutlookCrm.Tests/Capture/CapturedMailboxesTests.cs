using Microsoft.Extensions.Configuration;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Storage;
using static OutlookCrm.Tests.Capture.Sample;

namespace OutlookCrm.Tests.Capture;

public sealed class CapturedMailboxesTests : IDisposable
{
    private static readonly Guid Tenant = Guid.NewGuid();
    private static readonly ColleagueAccount AnnaKern = new(Mailbox.UserId, "Anna Kern", "anna@kern-licht.example");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly SqliteTableStore store;
    private readonly TestClock clock = new();
    private readonly FirmDirectory directory;
    private readonly CapturedMailboxes mailboxes;

    public CapturedMailboxesTests()
    {
        store = new SqliteTableStore(Path.Combine(folder.FullName, "records.db"), TimeSpan.FromSeconds(30));
        directory = new FirmDirectory(store, new FirmOptions([]), clock);
        mailboxes = new CapturedMailboxes(store, directory, new MailboxOptions(MonthsBack: 6, []), clock);
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_colleague_with_a_mail_address_gets_one_mailbox_however_often_and_at_once_it_is_asked()
    {
        await SignInAsync(AnnaKern.UserId, "anna@kern-licht.example");
        await SignInAsync(Guid.NewGuid(), "kiosk");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => mailboxes.AppearAsync(Tenant, default))));

        var anna = Assert.Single(await mailboxes.ListAsync(Tenant, default));
        Assert.Equal(
            (AnnaKern.UserId, true, false, MailboxVisibility.Shared, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddMonths(-6)),
            (anna.UserId, anna.IsOn, anna.IsShared, anna.Visibility, anna.Since));
        Assert.Equal(AnnaKern.UserId.ToString("D"), anna.GraphUser);
    }

    [Fact]
    public async Task What_somebody_chose_stays_when_they_sign_in_again()
    {
        await mailboxes.AppearAsync(Tenant, AnnaKern, default);
        await mailboxes.ChangeAsync(Tenant, AnnaKern.UserId, row => row with { IsOn = false, Visibility = MailboxVisibility.OnlyMe, Folders = ["f1", "f2"] }, default);

        await mailboxes.AppearAsync(Tenant, AnnaKern, default);

        var anna = await mailboxes.FindAsync(Tenant, AnnaKern.UserId, default);
        Assert.Equal((false, MailboxVisibility.OnlyMe, "f1 f2"), (anna!.IsOn, anna.Visibility, string.Join(' ', anna.Folders)));
        Assert.Equal(MailboxVisibility.OnlyMe, (await directory.OfAsync(Tenant, default)).VisibilityOf(AnnaKern.UserId));
    }

    [Fact]
    public async Task A_shared_mailbox_comes_by_its_address_goes_and_comes_back_as_it_was()
    {
        var info = await mailboxes.AddSharedAsync(Tenant, Address("Info@kern-licht.example"), name: null, default);
        await mailboxes.ChangeAsync(Tenant, info!.UserId, row => row with { Visibility = MailboxVisibility.TimesAndPeople }, default);
        await mailboxes.ChangeAsync(Tenant, info.UserId, row => row with { IsRemoved = true }, default);
        Assert.Empty(await mailboxes.ListAsync(Tenant, default));
        Assert.Null(await mailboxes.FindAsync(Tenant, info.UserId, default));

        var back = await mailboxes.AddSharedAsync(Tenant, Address("INFO@KERN-LICHT.example"), "Front desk", default);

        Assert.Equal((info.UserId, MailboxVisibility.TimesAndPeople, "Front desk"), (back!.UserId, back.Visibility, back.Name));
        Assert.Equal("Info@kern-licht.example", Assert.Single(await mailboxes.ListAsync(Tenant, default)).GraphUser);
    }

    [Fact]
    public async Task A_colleague_s_own_mailbox_is_no_shared_one()
    {
        await mailboxes.AppearAsync(Tenant, AnnaKern, default);

        Assert.Null(await mailboxes.AddSharedAsync(Tenant, Address("ANNA@kern-licht.example"), null, default));
    }

    [Fact]
    public async Task A_customer_whose_address_was_listed_by_mistake_is_one_of_us_until_it_is_taken_off_and_what_came_from_it_stays_closed()
    {
        var mistake = await mailboxes.AddSharedAsync(Tenant, Pat, null, default);
        await mailboxes.ChangeAsync(Tenant, mistake!.UserId, row => row with { Visibility = MailboxVisibility.TimesAndPeople }, default);
        Assert.True((await directory.OfAsync(Tenant, default)).IsColleague(Pat));

        await mailboxes.ChangeAsync(Tenant, mistake.UserId, row => row with { IsRemoved = true }, default);

        var firm = await directory.OfAsync(Tenant, default);
        Assert.False(firm.IsColleague(Pat));
        Assert.Equal(MailboxVisibility.TimesAndPeople, firm.VisibilityOf(mistake.UserId));
    }

    [Fact]
    public async Task Changes_made_at_once_are_all_kept()
    {
        await mailboxes.AppearAsync(Tenant, AnnaKern, default);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() =>
            mailboxes.ChangeAsync(Tenant, AnnaKern.UserId, row => row with { Folders = [.. row.Folders, $"f{i}"] }, default))));

        Assert.Equal(12, (await mailboxes.FindAsync(Tenant, AnnaKern.UserId, default))!.Folders.Distinct().Count());
        Assert.Null(await mailboxes.ChangeAsync(Tenant, Guid.NewGuid(), row => row, default));
    }

    [Theory]
    [InlineData("Mailboxes:MonthsBack", "121")]
    [InlineData("Mailboxes:MonthsBack", "-1")]
    [InlineData("Mailboxes:MonthsBack", "a year")]
    [InlineData("Mailboxes:PrivateCategories:0", " ")]
    public void A_wrong_setting_stops_the_start_and_is_named(string name, string value) =>
        Assert.Contains(name, Assert.Throws<InvalidOperationException>(() => MailboxOptions.From(Settings((name, value)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Unless_set_a_mailbox_is_logged_a_year_back()
    {
        Assert.Equal(12, MailboxOptions.From(Settings()).MonthsBack);
        var set = MailboxOptions.From(Settings(("Mailboxes:MonthsBack", "0"), ("Mailboxes:PrivateCategories:0", " Familie ")));
        Assert.Equal((0, "Familie"), (set.MonthsBack, Assert.Single(set.PrivateCategories)));
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build();

    private async Task SignInAsync(Guid user, string address)
    {
        var row = new ColleagueRow(user, address, address, new DateOnly(2026, 3, 2), new DateOnly(2026, 3, 2));
        await store.InsertAsync(Tables.Colleagues, row.ToTableRow(Tenant), default);
        directory.Forget(Tenant);
    }
}
