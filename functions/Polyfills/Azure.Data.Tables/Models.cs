using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Azure.Core;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables
{
    /// <summary>What an update does with properties that it does not name.</summary>
    public enum TableUpdateMode
    {
        Merge = 0,
        Replace = 1,
    }

    public enum TableTransactionActionType
    {
        Add = 0,
        UpdateMerge = 1,
        UpdateReplace = 2,
        Delete = 3,
        UpsertMerge = 4,
        UpsertReplace = 5,
    }

    /// <summary>One change of a transaction.</summary>
    public class TableTransactionAction
    {
        public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity)
            : this(actionType, entity, default)
        {
        }

        /// <param name="etag">Sent as If-Match by the updates and the deletion.</param>
        public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag)
        {
            ArgumentNullException.ThrowIfNull(entity);
            (ActionType, Entity, ETag) = (actionType, entity, etag);
        }

        public TableTransactionActionType ActionType { get; }

        public ITableEntity Entity { get; }

        public ETag ETag { get; }
    }

    /// <summary>The service refused one change, and so wrote none.</summary>
    [SuppressMessage("Design", "CA1032", Justification = "The package's constructors.")]
    public class TableTransactionFailedException : RequestFailedException
    {
        public TableTransactionFailedException(RequestFailedException requestFailedException)
            : base(
                requestFailedException?.Status ?? 0, requestFailedException?.Message ?? "", requestFailedException?.ErrorCode,
                requestFailedException?.InnerException)
        {
            // The service writes the number of the refused change and a colon before its message.
            var digits = new string([.. Message.TakeWhile(char.IsAsciiDigit)]);
            FailedTransactionActionIndex = digits.Length < Message.Length && Message[digits.Length] == ':'
                && int.TryParse(digits, out var index) ? index : null;
        }

        public int? FailedTransactionActionIndex { get; }
    }

    /// <summary>How a client reaches the service.</summary>
    public class TableClientOptions : ClientOptions
    {
        public TableClientOptions(ServiceVersion serviceVersion = ServiceVersion.V2020_12_06) => Version = serviceVersion;

        [SuppressMessage("Design", "CA1034", Justification = "The package's shape.")]
        [SuppressMessage("Design", "CA1008", Justification = "The package's values.")]
        [SuppressMessage("Naming", "CA1707", Justification = "The package's names.")]
        public enum ServiceVersion
        {
            V2019_02_02 = 1,
            V2020_12_06 = 2,
        }

        internal ServiceVersion Version { get; }
    }

    /// <summary>An account's name and key.</summary>
    public class TableSharedKeyCredential
    {
        private readonly byte[] key;

        public TableSharedKeyCredential(string accountName, string accountKey)
        {
            ArgumentException.ThrowIfNullOrEmpty(accountName);
            ArgumentException.ThrowIfNullOrEmpty(accountKey);
            AccountName = accountName;
            key = Convert.FromBase64String(accountKey);
        }

        public string AccountName { get; }

        internal string Sign(string text) =>
            Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes(text)));
    }
}

namespace Azure.Data.Tables.Models
{
    /// <summary>A table's name.</summary>
    public class TableItem(string name)
    {
        public string Name { get; } = name;
    }

    /// <summary>The service's word for what went wrong, as <see cref="RequestFailedException.ErrorCode"/> has it.</summary>
    public readonly struct TableErrorCode : IEquatable<TableErrorCode>
    {
        private readonly string value;

        public TableErrorCode(string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            this.value = value;
        }

        public static TableErrorCode EntityAlreadyExists { get; } = new("EntityAlreadyExists");

        public static TableErrorCode EntityNotFound { get; } = new("EntityNotFound");

        public static TableErrorCode ResourceNotFound { get; } = new("ResourceNotFound");

        public static TableErrorCode TableAlreadyExists { get; } = new("TableAlreadyExists");

        public static TableErrorCode TableBeingDeleted { get; } = new("TableBeingDeleted");

        public static TableErrorCode TableNotFound { get; } = new("TableNotFound");

        public static TableErrorCode UpdateConditionNotSatisfied { get; } = new("UpdateConditionNotSatisfied");

        public static implicit operator TableErrorCode(string value) => new(value);

        public static bool operator ==(TableErrorCode left, TableErrorCode right) => left.Equals(right);

        public static bool operator !=(TableErrorCode left, TableErrorCode right) => !left.Equals(right);

        public static bool operator ==(TableErrorCode code, string? value) => code.Is(value);

        public static bool operator !=(TableErrorCode code, string? value) => !code.Is(value);

        public static bool operator ==(string? value, TableErrorCode code) => code.Is(value);

        public static bool operator !=(string? value, TableErrorCode code) => !code.Is(value);

        public bool Equals(TableErrorCode other) => Is(other.value);

        [EditorBrowsable(EditorBrowsableState.Never)]
        public override bool Equals(object? obj) => obj is TableErrorCode other && Equals(other);

        [EditorBrowsable(EditorBrowsableState.Never)]
        public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(value ?? "");

        public override string ToString() => value;

        private bool Is(string? other) => string.Equals(value, other, StringComparison.OrdinalIgnoreCase);
    }
}
