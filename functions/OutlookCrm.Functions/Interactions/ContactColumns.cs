namespace OutlookCrm.Interactions;

/// <summary>What a timeline keeps on the customer's row. Whoever edits the record writes it back as it was.</summary>
/// <param name="SeenIn">The mailboxes that anything of it ever came out of, as <see cref="Mailboxes"/> has them: whether readers see different things.</param>
/// <param name="Threads">See <see cref="OpenThreads"/>.</param>
/// <param name="NoAnswer">See <see cref="NoAnswers"/>.</param>
public readonly record struct ContactColumns(byte[]? SeenIn, byte[]? Threads, byte[]? NoAnswer);
