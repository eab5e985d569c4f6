namespace Azure.Storage.Queues.Models;

public class QueueProperties
{
    /// <summary>Not lower than the number of messages, but perhaps higher.</summary>
    public int ApproximateMessagesCount { get; internal set; }
}

public class QueueMessage
{
    internal QueueMessage()
    {
    }

    public string MessageId { get; internal set; } = "";

    public string PopReceipt { get; internal set; } = "";

    public BinaryData Body { get; internal set; } = BinaryData.Empty;

    public long DequeueCount { get; internal set; }

    public DateTimeOffset? InsertedOn { get; internal set; }

    public DateTimeOffset? ExpiresOn { get; internal set; }

    public DateTimeOffset? NextVisibleOn { get; internal set; }
}

public class PeekedMessage
{
    internal PeekedMessage()
    {
    }

    public string MessageId { get; internal set; } = "";

    public BinaryData Body { get; internal set; } = BinaryData.Empty;

    public long DequeueCount { get; internal set; }

    public DateTimeOffset? InsertedOn { get; internal set; }

    public DateTimeOffset? ExpiresOn { get; internal set; }
}

public class SendReceipt
{
    internal SendReceipt()
    {
    }

    public string MessageId { get; internal set; } = "";

    public string PopReceipt { get; internal set; } = "";

    public DateTimeOffset InsertionTime { get; internal set; }

    public DateTimeOffset ExpirationTime { get; internal set; }

    public DateTimeOffset TimeNextVisible { get; internal set; }
}

public class UpdateReceipt
{
    internal UpdateReceipt()
    {
    }

    public string PopReceipt { get; internal set; } = "";

    public DateTimeOffset NextVisibleOn { get; internal set; }
}

/// <summary>Why the service refused, as its <c>x-ms-error-code</c> says.</summary>
public readonly struct QueueErrorCode(string value) : IEquatable<QueueErrorCode>
{
    private readonly string value = value;

    public static QueueErrorCode QueueNotFound { get; } = new("QueueNotFound");

    public static QueueErrorCode QueueAlreadyExists { get; } = new("QueueAlreadyExists");

    public static QueueErrorCode MessageNotFound { get; } = new("MessageNotFound");

    public static QueueErrorCode PopReceiptMismatch { get; } = new("PopReceiptMismatch");

    public static implicit operator QueueErrorCode(string? value) => new(value ?? "");

    public static bool operator ==(QueueErrorCode left, QueueErrorCode right) => left.Equals(right);

    public static bool operator !=(QueueErrorCode left, QueueErrorCode right) => !left.Equals(right);

    public bool Equals(QueueErrorCode other) => string.Equals(value, other.value, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is QueueErrorCode other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(value ?? "");

    public override string ToString() => value;
}
