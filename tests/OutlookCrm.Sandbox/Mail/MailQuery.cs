namespace OutlookCrm.Sandbox.Mail;

/// <summary>Which messages of a mailbox, in order of arrival, and from where on.</summary>
internal sealed record MailQuery
{
    /// <summary>Null for all folders.</summary>
    public MailFolder? Folder { get; init; }

    /// <summary>Received at this moment or later.</summary>
    public long FromTicks { get; init; } = long.MinValue;

    /// <summary>Received before this moment.</summary>
    public long BeforeTicks { get; init; } = long.MaxValue;

    public bool NewestFirst { get; init; } = true;

    /// <summary>Only what comes after this one.</summary>
    public ItemPosition? After { get; init; }

    public int Skip { get; init; }

    public int Take { get; init; } = int.MaxValue;

    /// <summary>What else must hold; null when times decide alone. With it a page costs a look at each message that it passes.</summary>
    public Func<MailboxMessage, bool>? Test { get; init; }
}

/// <param name="HasMore">There is at least one more behind these.</param>
internal sealed record MailSlice(IReadOnlyList<MailboxMessage> Messages, bool HasMore);

/// <param name="Version">Up to which everything is told.</param>
internal sealed record FolderSlice(IReadOnlyList<FolderChange> Changes, long Version, bool HasMore);
