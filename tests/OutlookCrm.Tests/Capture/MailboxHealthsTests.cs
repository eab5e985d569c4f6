using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Capture;
using OutlookCrm.Capture.Pages;
using OutlookCrm.Graph;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Capture;

public sealed class MailboxHealthsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);

    private static readonly MailboxRow Mailbox = new(
        A.Ben.Id, A.Ben.Address, A.Ben.Name, IsShared: false, IsOn: true, IsOffForFirm: false, IsRemoved: false, MailboxVisibility.Shared,
        new DateOnly(2025, 3, 2), [])
    {
        AddedAt = Now.AddDays(-3),
    };

    private static readonly MailboxStatus Fine = MailboxStatus.None(A.Ben.Id) with { LastSuccessAt = Now.AddSeconds(-20) };

    [Fact]
    public void A_mailbox_that_is_not_seen_whole_lately_never_looks_healthy()
    {
        var seconds = Gen.Choose(0, 100_000).ToArbitrary();
        var troubles = Gen.Elements(new GraphTrouble?[] { null, GraphTrouble.Temporary, GraphTrouble.Reconnect, GraphTrouble.Resync, GraphTrouble.Item }).ToArbitrary();
        Prop.ForAll(seconds, troubles, ArbMap.Default.ArbFor<bool>(), (age, trouble, isNotified) =>
        {
            var status = Fine with
            {
                LastSuccessAt = Now.AddSeconds(-age),
                Trouble = trouble,
                TroubleSince = trouble is null ? null : Now.AddSeconds(-age),
                IsNotified = isNotified,
                SubscriptionExpiresAt = Now.AddDays(2),
                HistoryIsComplete = true,
            };
            var condition = MailboxHealths.Judge(Mailbox, status, Now, Poll, isConnected: true);
            var isWell = condition is MailboxCondition.Good or MailboxCondition.Waiting;
            var patience = isNotified ? MailboxHealths.MaxQuiet : MailboxHealths.MaxRounds * Poll;
            return isWell == (age <= patience.TotalSeconds && trouble != GraphTrouble.Reconnect);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("ErrorAccessDenied", MailboxCondition.Refused)]
    [InlineData("MailboxNotEnabledForRESTAPI", MailboxCondition.Missing)]
    [InlineData("ErrorInvalidUser", MailboxCondition.Missing)]
    [InlineData("InvalidAuthenticationToken", MailboxCondition.SignInRefused)]
    [InlineData("AADSTS7000222", MailboxCondition.SignInRefused)]
    [InlineData("SomethingNew", MailboxCondition.Refused)]
    [InlineData(null, MailboxCondition.Refused)]
    public void What_Outlook_refuses_says_who_has_to_do_something(string? code, MailboxCondition expected) =>
        Assert.Equal(expected, MailboxHealths.Judge(Mailbox, Fine with { Trouble = GraphTrouble.Reconnect, TroubleCode = code }, Now, Poll, isConnected: true));

    [Fact]
    public void A_hiccup_between_two_good_rounds_is_no_trouble_and_a_lasting_one_is()
    {
        var busy = Fine with { Trouble = GraphTrouble.Temporary, TroubleCode = "TooManyRequests", TroubleSince = Now.AddSeconds(-10) };

        Assert.Equal(MailboxCondition.Good, MailboxHealths.Judge(Mailbox, busy, Now, Poll, isConnected: true));
        Assert.Equal(MailboxCondition.Busy, MailboxHealths.Judge(Mailbox, busy, Now.AddMinutes(2), Poll, isConnected: true));
        Assert.Equal(MailboxCondition.Behind, MailboxHealths.Judge(Mailbox, Fine, Now.AddMinutes(2), Poll, isConnected: true));
    }

    [Fact]
    public void A_subscription_that_has_ended_buys_no_patience()
    {
        var told = Fine with { LastSuccessAt = Now.AddMinutes(-10), IsNotified = true, SubscriptionExpiresAt = Now.AddHours(1) };

        Assert.Equal(MailboxCondition.Good, MailboxHealths.Judge(Mailbox, told, Now, Poll, isConnected: true));
        Assert.Equal(MailboxCondition.Behind, MailboxHealths.Judge(Mailbox, told with { SubscriptionExpiresAt = Now }, Now, Poll, isConnected: true));
        Assert.Equal(MailboxCondition.Behind, MailboxHealths.Judge(Mailbox, told with { SubscriptionExpiresAt = null }, Now, Poll, isConnected: true));
    }

    [Fact]
    public void A_new_mailbox_waits_for_a_while_and_not_for_ever()
    {
        var none = MailboxStatus.None(A.Ben.Id);

        Assert.Equal(MailboxCondition.Waiting, MailboxHealths.Judge(Mailbox with { AddedAt = Now.AddSeconds(-30) }, none, Now, Poll, isConnected: true));
        Assert.Equal(MailboxCondition.Behind, MailboxHealths.Judge(Mailbox with { AddedAt = Now.AddMinutes(-5) }, none, Now, Poll, isConnected: true));
        Assert.Equal(MailboxCondition.Behind, MailboxHealths.Judge(Mailbox with { AddedAt = null }, none, Now, Poll, isConnected: true));
    }

    [Fact]
    public void Without_a_connection_it_says_so_as_soon_as_nothing_is_seen_and_off_stays_off()
    {
        MailboxCondition Unconnected(MailboxRow mailbox, MailboxStatus status, TimeSpan later) =>
            MailboxHealths.Judge(mailbox, status, Now + later, Poll, isConnected: false);

        Assert.Equal(MailboxCondition.NotConnected, Unconnected(Mailbox with { AddedAt = Now }, MailboxStatus.None(A.Ben.Id), TimeSpan.Zero));
        Assert.Equal(MailboxCondition.Good, Unconnected(Mailbox, Fine, TimeSpan.Zero));
        Assert.Equal(MailboxCondition.NotConnected, Unconnected(Mailbox, Fine, TimeSpan.FromMinutes(2)));
        Assert.Equal(MailboxCondition.Off, Unconnected(Mailbox with { IsOn = false }, Fine, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void Off_is_off_whatever_went_wrong_before_and_the_firm_has_the_last_word()
    {
        var sick = Fine with { Trouble = GraphTrouble.Reconnect, LastSuccessAt = null };

        Assert.Equal(MailboxCondition.Off, MailboxHealths.Judge(Mailbox with { IsOn = false }, sick, Now, Poll, isConnected: true));
        Assert.Equal(MailboxCondition.OffForFirm, MailboxHealths.Judge(Mailbox with { IsOffForFirm = true }, sick, Now, Poll, isConnected: true));
        Assert.Equal(MailboxCondition.OffForFirm, MailboxHealths.Judge(Mailbox with { IsOffForFirm = true, IsOn = false }, sick, Now, Poll, isConnected: true));
    }
}
