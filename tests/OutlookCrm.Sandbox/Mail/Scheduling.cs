namespace OutlookCrm.Sandbox.Mail;

/// <summary>
/// Books, changes and cancels meetings and carries what that means to every colleague's calendar, with the mails that Outlook sends. People
/// outside get nothing; what they do comes in by <see cref="Invite"/>, <see cref="CancelFromOutside"/> and <see cref="AnswerFromOutside"/>.
/// </summary>
public sealed class Scheduling(Mailboxes mailboxes, Post post)
{
    // A series without an end is laid out so far.
    private const int ExpandedYears = 2;

    /// <summary>Puts a meeting into a colleague's calendar and invites whoever is to come.</summary>
    /// <param name="own">What only the organizer's copy has.</param>
    public CalendarEvent Book(Mailbox organizer, Meeting meeting, Recurrence? rule, Func<CalendarEvent, CalendarEvent> own)
    {
        ArgumentNullException.ThrowIfNull(organizer);
        ArgumentNullException.ThrowIfNull(meeting);
        ArgumentNullException.ThrowIfNull(own);
        var at = post.Now;
        var calendar = organizer.Calendar;
        var kept = (rule is null ? calendar.Add(meeting, at) : calendar.AddSeries(meeting, rule, at))
            ?? throw new ArgumentException($"There is a meeting {meeting.ICalUid} already.", nameof(meeting));
        kept = calendar.Change(kept.Id, at, own)!;
        if (rule is not null)
        {
            LayOut(calendar, kept, at);
        }

        Spread(organizer, kept);
        Write(organizer, kept.Meeting, MeetingNoticeKind.Request);
        return kept;
    }

    /// <summary>Changes what the organizer planned, and tells whoever is to come when they would notice.</summary>
    /// <param name="rule">A series' new rule; null leaves it as it is.</param>
    public CalendarEvent Replan(Mailbox organizer, CalendarEvent before, Meeting meeting, Recurrence? rule, Func<CalendarEvent, CalendarEvent> own)
    {
        ArgumentNullException.ThrowIfNull(organizer);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(meeting);
        ArgumentNullException.ThrowIfNull(own);
        var at = post.Now;
        var calendar = organizer.Calendar;
        var isOccurrence = before.SeriesMasterId is not null;
        var after = calendar.Change(before.Id, at, kept => own(kept) with
        {
            Meeting = meeting,
            IsException = kept.IsException || (isOccurrence && meeting != kept.Meeting),
            Recurrence = rule ?? kept.Recurrence,
        })!;
        if (meeting == before.Meeting && rule is null)
        {
            return after; // only what is the organizer's own
        }

        if (after.Recurrence is not null)
        {
            ReplanOccurrences(calendar, before, after, isNewTime: rule is not null || IsOtherTime(before.Meeting, meeting), at);
        }

        foreach (var dropped in before.Meeting.Attendees.Where(attendee => meeting.AttendeeOf(attendee.Who.Address) is null))
        {
            if (mailboxes.FindByAddress(dropped.Who.Address) is { } theirs)
            {
                MarkCancelled(theirs, after, at);
            }
        }

        Spread(organizer, after);
        Write(organizer, after.Meeting, MeetingNoticeKind.Request);
        return after;
    }

    /// <summary>Calls a meeting, a series or one occurrence off. It leaves the organizer's calendar; others see it as cancelled.</summary>
    public void Cancel(Mailbox organizer, CalendarEvent kept, string comment)
    {
        ArgumentNullException.ThrowIfNull(organizer);
        ArgumentNullException.ThrowIfNull(kept);
        var at = post.Now;
        foreach (var attendee in kept.Meeting.Attendees)
        {
            if (mailboxes.FindByAddress(attendee.Who.Address) is { } theirs && theirs != organizer)
            {
                MarkCancelled(theirs, kept, at);
            }
        }

        organizer.Calendar.Remove(kept.Id);
        Write(organizer, kept.Meeting with { IsCancelled = true }, MeetingNoticeKind.Cancellation, comment);
    }

    /// <summary>An attendee's answer. A declined meeting leaves the calendar, as in Outlook.</summary>
    /// <param name="response">accepted, tentativelyAccepted, declined.</param>
    public void Respond(Mailbox attendee, CalendarEvent kept, string response, string comment, bool send)
    {
        ArgumentNullException.ThrowIfNull(attendee);
        ArgumentNullException.ThrowIfNull(kept);
        var at = post.Now;
        var series = kept.Recurrence is null ? [] : attendee.Calendar.OccurrencesOf(kept);
        if (response == "declined")
        {
            attendee.Calendar.Remove(kept.Id);
        }
        else
        {
            foreach (var one in series.Prepend(kept))
            {
                attendee.Calendar.Change(one.Id, at, item => item with
                {
                    Response = response,
                    RespondedAt = at,
                    ShowAs = response == "tentativelyAccepted" ? "tentative" : null,
                });
            }
        }

        // Outlook puts the invitation away once it is answered.
        var inbox = attendee.Folder("inbox");
        foreach (var invitation in attendee.Read(new MailQuery
        {
            Folder = inbox,
            Test = message => message.Letter.Notice is { Kind: MeetingNoticeKind.Request } notice && notice.Meeting.ICalUid == kept.Meeting.ICalUid,
        }).Messages)
        {
            attendee.Delete(invitation.Id, at);
        }

        if (send && kept.Meeting.Organizer is not null)
        {
            Note(kept, new Correspondent(attendee.Owner.Name, attendee.Owner.Address), response, at);
            post.Send(attendee, Answer(attendee.Owner.Address, new(attendee.Owner.Name, attendee.Owner.Address), kept.Meeting, response, comment, at));
        }
    }

    /// <summary>Takes an event out of a calendar: the organizer's cancels it, anybody else's only goes.</summary>
    public void Remove(Mailbox mailbox, CalendarEvent kept)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        ArgumentNullException.ThrowIfNull(kept);
        if (kept.Response == "organizer" && kept.Meeting.Attendees.Count > 0)
        {
            Cancel(mailbox, kept, "");
        }
        else
        {
            mailbox.Calendar.Remove(kept.Id);
        }
    }

    /// <summary>Somebody outside invites colleagues, or changes a meeting to which they are invited.</summary>
    /// <returns>Who got it.</returns>
    public IReadOnlyList<SampleColleague> Invite(Meeting meeting, Recurrence? rule)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        var at = post.Now;
        var invited = meeting.Attendees.Select(attendee => mailboxes.FindByAddress(attendee.Who.Address)).OfType<Mailbox>().Distinct().ToList();
        foreach (var theirs in invited)
        {
            Receive(theirs, meeting, rule, [], at);
        }

        post.Deliver(Request(meeting.Organizer!, meeting, MeetingNoticeKind.Request, "", at));
        return [.. invited.Select(theirs => theirs.Owner)];
    }

    /// <summary>Somebody outside calls a meeting off.</summary>
    /// <returns>Who had it in the calendar.</returns>
    public IReadOnlyList<SampleColleague> CancelFromOutside(string uid)
    {
        var at = post.Now;
        var told = new List<SampleColleague>();
        Meeting? cancelled = null;
        foreach (var theirs in mailboxes.All)
        {
            if (theirs.Calendar.FindByUid(uid) is [var kept, ..] && kept.Response != "organizer")
            {
                cancelled ??= kept.Meeting with { IsCancelled = true };
                MarkCancelled(theirs, kept, at);
                told.Add(theirs.Owner);
            }
        }

        if (cancelled?.Organizer is { } organizer)
        {
            post.Deliver(Request(organizer, cancelled, MeetingNoticeKind.Cancellation, "", at));
        }

        return told;
    }

    /// <summary>Somebody outside answers a colleague's invitation. False when nobody of us invited them to it.</summary>
    public bool AnswerFromOutside(string uid, Correspondent from, string response, string comment)
    {
        ArgumentNullException.ThrowIfNull(from);
        var at = post.Now;
        foreach (var organizer in mailboxes.All)
        {
            if (organizer.Calendar.FindByUid(uid) is [{ Response: "organizer" } kept, ..] && kept.Meeting.AttendeeOf(from.Address) is not null)
            {
                Note(kept, from, response, at);
                post.Deliver(Answer(from.Address, from, kept.Meeting, response, comment, at));
                return true;
            }
        }

        return false;
    }

    private static bool IsOtherTime(Meeting one, Meeting other) =>
        (one.StartAt, one.EndAt, one.IsAllDay, one.Zone) != (other.StartAt, other.EndAt, other.IsAllDay, other.Zone);

    private static void LayOut(Calendar calendar, CalendarEvent master, DateTimeOffset at)
    {
        var first = master.Meeting;
        var rule = master.Recurrence!;
        var zone = CalendarZones.Find(first.Zone);
        var time = first.IsAllDay ? TimeSpan.Zero : TimeZoneInfo.ConvertTime(first.StartAt, zone).TimeOfDay;
        foreach (var day in rule.DaysUntil(rule.StartsOn.AddYears(ExpandedYears)))
        {
            var wall = day.ToDateTime(TimeOnly.MinValue) + time;
            while (!first.IsAllDay && zone.IsInvalidTime(wall))
            {
                wall = wall.AddMinutes(30); // the hour that is left out in spring
            }

            var start = first.IsAllDay
                ? new DateTimeOffset(wall, TimeSpan.Zero)
                : new DateTimeOffset(wall, zone.GetUtcOffset(wall)).ToUniversalTime();
            calendar.AddOccurrence(master, start, first with { StartAt = start, EndAt = start + (first.EndAt - first.StartAt) }, isException: false, at);
        }
    }

    // With another time the series is laid out anew, exceptions and all; otherwise what is not an exception follows.
    private static void ReplanOccurrences(Calendar calendar, CalendarEvent before, CalendarEvent after, bool isNewTime, DateTimeOffset at)
    {
        foreach (var occurrence in calendar.OccurrencesOf(before))
        {
            if (isNewTime)
            {
                calendar.Remove(occurrence.Id);
            }
            else if (!occurrence.IsException)
            {
                calendar.Change(occurrence.Id, at, kept => kept with
                {
                    Meeting = after.Meeting with { StartAt = kept.Meeting.StartAt, EndAt = kept.Meeting.EndAt },
                });
            }
        }

        if (isNewTime)
        {
            LayOut(calendar, after, at);
        }
    }

    private void Spread(Mailbox organizer, CalendarEvent planned)
    {
        var at = post.Now;
        foreach (var attendee in planned.Meeting.Attendees)
        {
            if (mailboxes.FindByAddress(attendee.Who.Address) is not { } theirs || theirs == organizer)
            {
                continue;
            }

            if (planned.OriginalStartAt is { } plannedAt)
            {
                ReceiveOccurrence(theirs, planned.Meeting, plannedAt, at);
            }
            else
            {
                Receive(theirs, planned.Meeting, planned.Recurrence, planned.Recurrence is null ? [] : organizer.Calendar.OccurrencesOf(planned), at);
            }
        }
    }

    private static void ReceiveOccurrence(Mailbox theirs, Meeting meeting, DateTimeOffset plannedAt, DateTimeOffset at)
    {
        if (theirs.Calendar.FindByUid(meeting.ICalUid).FirstOrDefault(kept => kept.OriginalStartAt == plannedAt) is { } kept)
        {
            theirs.Calendar.Change(kept.Id, at, item => Retold(item, meeting) with { IsException = true });
        }
    }

    private static void Receive(Mailbox theirs, Meeting meeting, Recurrence? rule, IReadOnlyList<CalendarEvent> occurrences, DateTimeOffset at)
    {
        var calendar = theirs.Calendar;
        var known = calendar.FindByUid(meeting.ICalUid);
        if (known is [var head, ..] && rule is null)
        {
            calendar.Change(head.Id, at, kept => Retold(kept, meeting));
            return;
        }

        if (known is [{ Recurrence: not null } master, ..])
        {
            var isNewTime = rule != master.Recurrence || IsOtherTime(master.Meeting, meeting);
            var after = calendar.Change(master.Id, at, kept => Retold(kept, meeting) with { Recurrence = rule })!;
            ReplanOccurrences(calendar, master, after, isNewTime, at);
            Unanswer(calendar, isNewTime ? after : null, at);
        }
        else if (rule is not null && calendar.AddSeries(meeting, rule, at) is { } series)
        {
            calendar.Change(series.Id, at, Unanswered);
            LayOut(calendar, series, at);
            Unanswer(calendar, series, at);
        }
        else if (calendar.Add(meeting, at) is { } single)
        {
            calendar.Change(single.Id, at, Unanswered);
        }

        foreach (var exception in occurrences.Where(occurrence => occurrence.IsException))
        {
            ReceiveOccurrence(theirs, exception.Meeting, exception.OriginalStartAt!.Value, at);
        }
    }

    private static void Unanswer(Calendar calendar, CalendarEvent? series, DateTimeOffset at)
    {
        foreach (var occurrence in series is null ? [] : calendar.OccurrencesOf(series))
        {
            calendar.Change(occurrence.Id, at, Unanswered);
        }
    }

    private static CalendarEvent Unanswered(CalendarEvent kept) =>
        kept with { Response = "notResponded", RespondedAt = null, ShowAs = kept.Meeting.IsAllDay ? kept.ShowAs : "tentative" };

    // The organizer's words; what the owner made of it stays, but an answer given for another time.
    private static CalendarEvent Retold(CalendarEvent kept, Meeting meeting)
    {
        var told = kept with { Meeting = meeting };
        return IsOtherTime(kept.Meeting, meeting) || kept.Meeting.IsCancelled ? Unanswered(told) : told;
    }

    private static void MarkCancelled(Mailbox theirs, CalendarEvent kept, DateTimeOffset at)
    {
        foreach (var one in theirs.Calendar.FindByUid(kept.Meeting.ICalUid)
            .Where(other => kept.OriginalStartAt is null || other.OriginalStartAt == kept.OriginalStartAt))
        {
            theirs.Calendar.Change(one.Id, at, item => item.Meeting.IsCancelled ? item : item with
            {
                Meeting = item.Meeting with { IsCancelled = true, Subject = $"Canceled: {item.Meeting.Subject}" },
                IsException = item.IsException || kept.OriginalStartAt is not null,
                ShowAs = "free",
            });
        }
    }

    // In the organizer's copy, of the whole series or of one occurrence.
    private void Note(CalendarEvent theirs, Correspondent who, string response, DateTimeOffset at)
    {
        if (theirs.Meeting.Organizer is not { } organizer || mailboxes.FindByAddress(organizer.Address) is not { } mailbox)
        {
            return;
        }

        foreach (var kept in mailbox.Calendar.FindByUid(theirs.Meeting.ICalUid)
            .Where(kept => theirs.OriginalStartAt is null || kept.OriginalStartAt == theirs.OriginalStartAt))
        {
            mailbox.Calendar.Change(kept.Id, at, item => item with
            {
                Meeting = item.Meeting with
                {
                    Attendees =
                    [
                        .. item.Meeting.Attendees.Select(attendee => Meeting.IsSame(attendee.Who.Address, who.Address)
                            ? attendee with { Answer = response, AnsweredAt = at }
                            : attendee),
                    ],
                },
            });
        }
    }

    private void Write(Mailbox organizer, Meeting meeting, MeetingNoticeKind kind, string comment = "")
    {
        if (meeting.Attendees.Count > 0)
        {
            post.Send(organizer, Request(new(organizer.Owner.Name, organizer.Owner.Address), meeting, kind, comment, post.Now));
        }
    }

    private Letter Request(Correspondent organizer, Meeting meeting, MeetingNoticeKind kind, string comment, DateTimeOffset at)
    {
        var subject = kind == MeetingNoticeKind.Cancellation ? $"Canceled: {meeting.Subject}" : meeting.Subject;
        return new Letter(
            post.NewMessageId(Domain(organizer)), meeting.ICalUid, organizer,
            [.. meeting.Attendees.Where(attendee => !attendee.IsOptional).Select(attendee => attendee.Who)],
            [.. meeting.Attendees.Where(attendee => attendee.IsOptional).Select(attendee => attendee.Who)],
            subject, at, comment.Length > 0 ? comment : meeting.Text, null, [], [])
        {
            MessageClass = kind == MeetingNoticeKind.Cancellation ? "IPM.Schedule.Meeting.Canceled" : "IPM.Schedule.Meeting.Request",
            Notice = new MeetingNotice(kind, meeting),
            Sensitivity = meeting.Sensitivity,
            Importance = meeting.Importance,
        };
    }

    private Letter Answer(string domainOf, Correspondent from, Meeting meeting, string response, string comment, DateTimeOffset at)
    {
        var (word, kind) = response switch
        {
            "accepted" => ("Accepted", "Pos"),
            "declined" => ("Declined", "Neg"),
            _ => ("Tentative", "Tent"),
        };
        return new Letter(
            post.NewMessageId(domainOf.Split('@')[^1]), meeting.ICalUid, from, [meeting.Organizer!], [], $"{word}: {meeting.Subject}", at, comment, null, [], [])
        {
            MessageClass = $"IPM.Schedule.Meeting.Resp.{kind}",
            Notice = new MeetingNotice(MeetingNoticeKind.Answer, meeting, response),
        };
    }

    private static string Domain(Correspondent who) => who.Address.Split('@')[^1];
}
