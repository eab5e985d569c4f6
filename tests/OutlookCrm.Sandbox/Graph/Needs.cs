namespace OutlookCrm.Sandbox.Graph;

/// <summary>Which permissions open a path; any one of them does. Names as in Microsoft's list, delegated and application.</summary>
/// <param name="IsOfDirectory">It is about the firm or its people, not about a mailbox.</param>
internal sealed record Needs(IReadOnlyList<string> AnyOf, bool IsOfDirectory = false)
{
    public static readonly Needs ReadMail = new(["Mail.ReadBasic", "Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"]);
    public static readonly Needs ReadMailContent = new(["Mail.Read", "Mail.ReadWrite"]);
    public static readonly Needs WriteMail = new(["Mail.ReadWrite"]);
    public static readonly Needs SendMail = new(["Mail.Send"]);
    public static readonly Needs ReadCalendars = new(["Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"]);
    public static readonly Needs WriteCalendars = new(["Calendars.ReadWrite"]);
    public static readonly Needs ReadTasks = new(["Tasks.Read", "Tasks.Read.All", "Tasks.ReadWrite", "Tasks.ReadWrite.All"]);
    public static readonly Needs WriteTasks = new(["Tasks.ReadWrite", "Tasks.ReadWrite.All"]);
    public static readonly Needs WriteMyTasks = new(["Tasks.ReadWrite"]);
    public static readonly Needs ReadSettings = new(["MailboxSettings.Read", "MailboxSettings.ReadWrite"]);
    public static readonly Needs ReadMe = new(["User.Read", "User.ReadBasic.All", "User.Read.All", "Directory.Read.All"], IsOfDirectory: true);
    public static readonly Needs ReadUsers = new(["User.ReadBasic.All", "User.Read.All", "Directory.Read.All"], IsOfDirectory: true);
    public static readonly Needs ReadDomains = new(["Domain.Read.All", "Directory.Read.All"], IsOfDirectory: true);
    public static readonly Needs ReadFirm = new(["User.Read", "User.Read.All", "Organization.Read.All", "Directory.Read.All"], IsOfDirectory: true);
}

internal static class NeedsExtensions
{
    public static TBuilder Needing<TBuilder>(this TBuilder endpoint, Needs needs)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(needs);
}
