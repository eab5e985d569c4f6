namespace OutlookCrm.Pane;

/// <summary>Who of the firm has used the product: whom a customer can be given to. By name, at most 100.</summary>
public sealed record ColleagueList(IReadOnlyList<Colleague> Colleagues);
