namespace OutlookCrm.Pane;

/// <summary>How somebody becomes a customer: what a firm that has none does first.</summary>
/// <param name="HasCustomers">False for a firm that has none yet.</param>
public sealed record FirstSteps(bool HasCustomers);
