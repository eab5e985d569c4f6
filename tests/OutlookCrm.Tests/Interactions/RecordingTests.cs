using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Customers;

namespace OutlookCrm.Tests.Interactions;

/// <summary>
/// Whatever mailboxes say, in whatever order workers bring it, however often, and whoever of them dies: the same rows. And what is
/// there already costs no write.
/// </summary>
public sealed class RecordingTests
{
    private static readonly Guid Tenant = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid[] Mailbox = [.. Enumerable.Range(1, 3).Select(n => new Guid(n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))];
    private static readonly CustomerId Kim = new(new Guid(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    private static readonly CustomerId Fjord = new(new Guid(8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public void In_any_order_by_any_workers_whoever_dies_the_rows_are_the_same(int deathsPerThousand)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        for (var seed = 0; seed < 250; seed++)
        {
            try
            {
                var random = new Random(seed);
                var story = Story(random);
                var expected = new World(seed, 0);
                foreach (var news in story.OrderBy(one => one.ChangedAt))
                {
                    expected.Tell(Kim, [news]);
                }

                var world = new World(seed, deathsPerThousand);
                world.RunWorkers(random, story);
                world.Steps.Pause();
                foreach (var news in story.OrderBy(_ => random.Next()))
                {
                    world.Tell(Kim, [news]); // what died with its worker comes again
                }

                Assert.Equal(expected.Rows(), world.Rows());
                world.AssertThreadsAgreeWithLines();

                var writes = world.Writes;
                world.Tell(Kim, [.. story.OrderBy(_ => random.Next()).Where(one => !one.IsGone)]);
                Assert.Equal(writes, world.Writes);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public void A_mail_in_three_mailboxes_is_one_line_that_says_who_has_it()
    {
        var world = new World(1, 0);
        var mails = Mailbox.Select(mailbox => Recordings.Mail(mailbox, "<1@x>").For(Kim)).ToList();

        Assert.Equal([RecordOutcome.Added, RecordOutcome.SeenAgain, RecordOutcome.SeenAgain], world.Record(Kim, mails));
        Assert.Equal([RecordOutcome.Unchanged], world.Record(Kim, [mails[1]]));
        var line = Assert.Single(world.Lines);
        Assert.Equal(Mailbox.Select(mailbox => (mailbox, false)), Mailboxes.From((byte[])line.Properties["SeenIn"]).ToList());
    }

    [Fact]
    public void A_meeting_that_moves_takes_its_line_along_and_back()
    {
        var world = new World(1, 0);
        var at = Recordings.Morning.AddDays(1);
        var meeting = Recordings.Meeting(Mailbox[0], "uid", at);

        world.Record(Kim, [meeting.For(Kim)]);
        var moved = meeting with { At = at.AddDays(2), EndsAt = at.AddDays(2).AddHours(1), ChangedAt = meeting.ChangedAt.AddHours(1) };
        Assert.Equal([RecordOutcome.Updated], world.Record(Kim, [moved.For(Kim)]));
        Assert.Equal(at.AddDays(2), TableKeys.InteractionAt(Assert.Single(world.Lines).RowKey));
        Assert.Equal([RecordOutcome.Unchanged], world.Record(Kim, [meeting.For(Kim)])); // a late reading of how it was

        Assert.Equal([RecordOutcome.Updated], world.Record(Kim, [(meeting with { ChangedAt = meeting.ChangedAt.AddHours(2) }).For(Kim)]));
        Assert.Equal(at, TableKeys.InteractionAt(Assert.Single(world.Lines).RowKey));
    }

    [Fact]
    public void Of_a_meeting_its_organizers_calendar_has_the_last_word()
    {
        var at = Recordings.Morning.AddDays(1);
        var organizers = Recordings.Meeting(Mailbox[2], "uid", at.AddHours(3)) with { IsAuthors = true };
        var guests = Recordings.Meeting(Mailbox[0], "uid", at) with { ChangedAt = organizers.ChangedAt.AddDays(1) };
        foreach (var order in (CapturedInteraction[][])[[organizers, guests], [guests, organizers]])
        {
            var world = new World(1, 0);
            world.Record(Kim, [.. order.Select(one => one.For(Kim))]);
            Assert.Equal(at.AddHours(3), TableKeys.InteractionAt(Assert.Single(world.Lines).RowKey));
        }
    }

    [Fact]
    public void What_goes_from_the_last_mailbox_goes_from_the_timeline_and_may_come_back()
    {
        var world = new World(1, 0);
        var first = Recordings.Mail(Mailbox[0], "<1@x>");
        var second = Recordings.Mail(Mailbox[1], "<1@x>");
        world.Record(Kim, [first.For(Kim), second.For(Kim)]);
        var later = first.ChangedAt.AddMinutes(5);

        Assert.Equal(ForgetOutcome.SeenElsewhere, world.Forget(Kim, first.Id, first.SeenIn, later));
        Assert.Single(world.Lines);
        Assert.Equal(ForgetOutcome.Gone, world.Forget(Kim, first.Id, second.SeenIn, later));
        Assert.Empty(world.Lines);
        Assert.Equal([RecordOutcome.Unchanged], world.Record(Kim, [first.For(Kim)])); // a reading from before
        Assert.Empty(world.Lines);
        Assert.Equal([RecordOutcome.Added], world.Record(Kim, [(first with { ChangedAt = later.AddSeconds(1) }).For(Kim)]));
        Assert.Single(world.Lines);
    }

    [Fact]
    public void Two_copies_in_one_mailbox_are_one_line_until_both_are_gone()
    {
        var world = new World(1, 0);
        var sent = Recordings.Mail(Mailbox[0], "<1@x>");
        var received = sent with { SeenIn = sent.SeenIn with { ItemId = "copy" } };
        world.Record(Kim, [sent.For(Kim), received.For(Kim)]);

        Assert.Equal(1, Mailboxes.From((byte[])Assert.Single(world.Lines).Properties["SeenIn"]).Count);
        Assert.Equal(ForgetOutcome.SeenElsewhere, world.Forget(Kim, sent.Id, sent.SeenIn, sent.ChangedAt.AddHours(1)));
        Assert.Equal(ForgetOutcome.Gone, world.Forget(Kim, sent.Id, received.SeenIn, sent.ChangedAt.AddHours(1)));
    }

    [Fact]
    public void A_page_of_mail_is_one_transaction_a_customer_and_two_rows_a_mail()
    {
        var world = new World(1, 0);
        var mails = Enumerable.Range(0, 30)
            .Select(i => (Recordings.Mail(Mailbox[0], $"<{i}@x>", $"<{i % 4}@t>") with { At = Recordings.Morning.AddDays(-40 + i) }).For(Kim, Fjord))
            .ToList();

        world.Record(Kim, mails);
        world.Record(Fjord, mails);

        Assert.Equal(2, world.Writes);
        Assert.True(world.RowsWritten <= (4 * mails.Count) + 2, $"{world.RowsWritten} rows were written.");
    }

    [Fact]
    public void However_much_text_comes_at_once_it_fits_transactions()
    {
        var world = new World(1, 0);
        var names = Enumerable.Range(0, 400).Select(i => new string('ß', 300) + i).ToList();
        var mails = Enumerable.Range(0, 120).Select(i => (Recordings.Mail(Mailbox[0], $"<{i}@x>") with
        {
            At = Recordings.Morning.AddMinutes(i),
            Title = new string('\u6f22', 998),
            Preview = "\0\ud800 half \u202e turned\r\n" + new string('\u6f22', 255),
            People = [.. names.Select((name, n) => new Participant(ParticipantRole.To, Recordings.Address($"{n}@fjord.example"), name))],
            PeopleCount = 5_000,
            AttachmentNames = names,
        }).For(Kim)).ToList();

        Assert.All(world.Record(Kim, mails), outcome => Assert.Equal(RecordOutcome.Added, outcome));
        Assert.Equal(120, world.Lines.Count);
        Assert.All(world.Lines, line => Assert.StartsWith("half turned 漢", (string)line.Properties["Text"], StringComparison.Ordinal));
        var details = Details.From(world.Row(Kim, TableKeys.Details(mails[0].Interaction.Id))!);
        Assert.Equal((5_000, 400, 998), (details.Common.PeopleCount, details.Common.AttachmentCount, details.Common.Title!.Length));
    }

    [Fact]
    public void A_customer_that_is_not_there_gets_nothing()
    {
        var world = new World(1, 0);
        var nobody = new CustomerId(Guid.NewGuid());

        Assert.Equal([RecordOutcome.NoSuchCustomer], world.Record(nobody, [Recordings.Mail(Mailbox[0], "<1@x>").For(nobody)]));
        Assert.Equal(ForgetOutcome.NotThere, world.Forget(nobody, "x", new MailboxItem(Mailbox[0], "i"), Recordings.Morning));
        Assert.Equal(0, world.Writes);
    }

    private static readonly string[] Words = ["oak", "ash", "elm", "fir", "yew"];

    /// <summary>
    /// What three mailboxes tell of a few things. Meetings go back and forth; a mail is flagged without saying anything new, edited, moved to
    /// Junk and back, and never says again what it said before that.
    /// </summary>
    private static List<News> Story(Random random)
    {
        var story = new List<News>();
        var minute = 0;
        for (var i = 0; i < 6; i++)
        {
            var isMeeting = i >= 4;
            foreach (var mailbox in Mailbox.Where(_ => random.Next(3) > 0))
            {
                var at = Recordings.Morning.AddDays(-random.Next(3) * 14).AddHours(i);
                var found = isMeeting ? Recordings.Meeting(mailbox, $"uid-{i}", at) : Recordings.Mail(mailbox, $"<{i}@x>", $"<{i % 2}@t>");
                found = found with
                {
                    At = isMeeting ? at : Recordings.Morning.AddDays(-i * 9),
                    Direction = isMeeting ? Direction.None : i % 2 == 0 ? Direction.Incoming : Direction.Outgoing,
                    IsAuthors = mailbox == Mailbox[i % 3],
                    NeedsNoAnswer = i == 3 && mailbox == Mailbox[1],
                };
                var version = 0;
                for (var n = random.Next(1, 5); n > 0; n--)
                {
                    minute++;
                    if (random.Next(5) == 0)
                    {
                        story.Add(new News(found with { ChangedAt = Recordings.Morning.AddMinutes(minute) }, IsGone: true));
                        version++;
                        continue;
                    }

                    version += random.Next(2);
                    story.Add(new News(
                        found with
                        {
                            Title = $"{Words[isMeeting ? random.Next(2) : version % Words.Length]} {(mailbox == Mailbox[2] ? "copy" : "")}",
                            At = isMeeting ? at.AddHours(random.Next(2) * 5) : found.At,
                            ChangedAt = Recordings.Morning.AddMinutes(minute),
                        },
                        IsGone: false));
                }
            }
        }

        return story;
    }

    private sealed record News(CapturedInteraction Found, bool IsGone)
    {
        public DateTimeOffset ChangedAt => Found.ChangedAt;
    }

    private sealed class World
    {
        private readonly TestClock clock = new();
        private readonly InteractionStore interactions;

        public World(int seed, int deathsPerThousand)
        {
            Steps = new Stepping(seed, clock) { DeathsPerThousand = deathsPerThousand };
            Steps.Pause();
            Store = new CountingStore(new SteppedStore(Steps));
            var replies = new FollowUpReplies(Store, new FollowUpStore(Store, new SteppedQueue(Steps, clock), clock));
            var directory = Stepping.NoFirm(clock);
            interactions = new InteractionStore(
                Store, new Sights(directory, clock), replies, new WaitingAgenda(Store, directory, clock), new QuietAgenda(Store), clock);
            foreach (var id in (CustomerId[])[Kim, Fjord])
            {
                var customer = new Customer(
                    id, CustomerKind.Person, "Kim", Company: null, JobTitle: null, [], PostalAddress: null, Language: null, Website: null, Owner: null,
                    CustomerStage.Lead, [], [], new Preferences(null, NoCampaigns: false, null), PrimaryAddress: null, clock.GetUtcNow(), default, "1");
                Done(Store.Inner.InsertAsync(Tables.Customers, CustomerRow.From(Tenant, customer), default));
            }
        }

        public Stepping Steps { get; }

        public CountingStore Store { get; }

        public int Writes => Store.Writes;

        public int RowsWritten => Store.RowsWritten;

        public IReadOnlyList<TableRow> Lines => [.. Store.Inner.All.Select(one => one.Row).Where(row => row.RowKey.StartsWith("e|", StringComparison.Ordinal))];

        public TableRow? Row(CustomerId customer, string rowKey) =>
            Store.Inner.All.Select(one => one.Row).SingleOrDefault(row => row.PartitionKey.EndsWith(customer.ToString(), StringComparison.Ordinal) && row.RowKey == rowKey);

        public IReadOnlyList<RecordOutcome> Record(CustomerId customer, IReadOnlyList<Recording> recordings) =>
            Done(interactions.RecordAsync(Tenant, customer, recordings, default));

        public ForgetOutcome Forget(CustomerId customer, string id, MailboxItem item, DateTimeOffset asOf) =>
            Done(interactions.ForgetItemAsync(Tenant, customer, id, item, asOf, default));

        public void Tell(CustomerId customer, IReadOnlyList<News> news) => Done(TellAsync(customer, news));

        public void RunWorkers(Random random, IReadOnlyList<News> story)
        {
            Steps.Resume();
            for (var worker = 0; worker < 4; worker++)
            {
                var some = story.Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next()).ToList();
                _ = WorkAsync(some.Chunk(random.Next(1, 6)).ToList());
            }

            Steps.Run();

            async Task<bool> WorkAsync(List<News[]> pages)
            {
                foreach (var page in pages)
                {
                    await TellAsync(Kim, page);
                }

                return true;
            }
        }

        /// <summary>
        /// All rows but what differs by who came first: when a mail was last flagged, which mailboxes ever had something, and who once waited.
        /// </summary>
        public string Rows() => string.Join('\n', Store.Inner.All
            .Where(one => one.Row.RowKey != TableKeys.Record)
            .Where(one => one.Row.RowKey != TableKeys.AgendaWaiting || WaitingAgenda.Read(one.Row, clock.GetUtcNow()) is not null)
            .Select(one => $"{one.Row.RowKey}: {string.Join(" · ", one.Row.Properties.OrderBy(p => p.Key).Select(p => $"{p.Key}={Text(one.Row, p.Value)}"))}"));

        public void AssertThreadsAgreeWithLines()
        {
            var counted = new OpenThreads();
            foreach (var end in Lines.Select(TimelineRow.EndOf).OfType<ThreadEnd>())
            {
                counted.Add(end);
            }

            var record = Row(Kim, TableKeys.Record)!;
            Assert.Equal(
                Convert.ToHexString(counted.ToBytes(clock.GetUtcNow() - OpenThreads.Horizon)),
                Convert.ToHexString(record.Properties.GetValueOrDefault("Threads") as byte[] ?? []));
            var known = Mailboxes.From(record.Properties.GetValueOrDefault("SeenIn") as byte[]).ToList().ToHashSet();
            Assert.All(Lines.SelectMany(line => Mailboxes.From((byte[])line.Properties["SeenIn"]).ToList()), one => Assert.Contains(one, known));
        }

        private static T Done<T>(Task<T> task) =>
            task.IsCompletedSuccessfully ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("Did not end.", task.Exception);

        private static string Text(TableRow row, object value) => value switch
        {
            byte[] bytes => Convert.ToHexString(bytes),
            string text when row.RowKey.StartsWith("k|", StringComparison.Ordinal) && row.Properties["Kind"] is "Mail" =>
                string.Join('\n', text.Split('\n').Select(line => line.Split('\t') is [var user, var item, _, var flags, { Length: > 0 } reading, var takenAt]
                    ? $"{user} {item} {flags} {reading} {takenAt}"
                    : line)),
            _ => $"{value}",
        };

        private async Task<bool> TellAsync(CustomerId customer, IReadOnlyList<News> news)
        {
            await interactions.RecordAsync(Tenant, customer, [.. news.Where(one => !one.IsGone).Select(one => one.Found.For(customer))], default);
            foreach (var one in news.Where(one => one.IsGone))
            {
                await interactions.ForgetItemAsync(Tenant, customer, one.Found.Id, one.Found.SeenIn, one.ChangedAt, default);
            }

            return true;
        }
    }

    private sealed class CountingStore(SteppedStore inner) : ITableStore
    {
        public SteppedStore Inner => inner;

        /// <summary>Of customers, as timelines are.</summary>
        public int Writes { get; private set; }

        public int RowsWritten { get; private set; }

        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
            inner.FindAsync(table, partitionKey, rowKey, cancellation);

        public Task<TableRange> RangeAsync(string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
            inner.RangeAsync(table, partitionKey, range, maxRows, cancellation);

        public Task<TransactionOutcome> TransactAsync(
            string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
        {
            TableLimits.CheckTransaction(partitionKey, changes);
            if (table == Tables.Customers)
            {
                Writes++;
                RowsWritten += changes.Count;
            }

            return inner.TransactAsync(table, partitionKey, changes, cancellation);
        }
    }
}
