namespace OutlookCrm.Deploy;

/// <summary>Something that the person who deploys can put right; the message says how.</summary>
public sealed class DeployException(string message) : Exception(message);
