using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables;

/// <summary>One table.</summary>
public class TableClient
{
    private readonly TableConnection connection = null!;

    protected TableClient() => Name = null!;

    public TableClient(string connectionString, string tableName)
        : this(connectionString, tableName, null)
    {
    }

    public TableClient(string connectionString, string tableName, TableClientOptions? options = null)
        : this(TableConnection.From(connectionString, options), tableName)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential)
        : this(endpoint, tableName, credential, null)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential, TableClientOptions? options = null)
        : this(TableConnection.From(endpoint, credential, options), tableName)
    {
    }

    public TableClient(Uri endpoint, string tableName, TokenCredential tokenCredential, TableClientOptions? options = null)
        : this(TableConnection.From(endpoint, tokenCredential, options), tableName)
    {
    }

    internal TableClient(TableConnection connection, string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        this.connection = connection;
        Name = tableName;
    }

    public virtual string Name { get; }

    public virtual string AccountName => connection.AccountName;

    public virtual Uri Uri => new($"{connection.Endpoint.AbsoluteUri.TrimEnd('/')}/{Name}");

    public static string CreateQueryFilter(FormattableString filter) => TableFilter.Create(filter);

    public virtual async Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) =>
        Response.FromValue(new TableItem(Name), await SendCreateAsync([], cancellationToken));

    /// <summary>Does not throw when the table is there.</summary>
    public virtual async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        var response = await SendCreateAsync([409], cancellationToken);
        var failure = response.Status == 409 ? new RequestFailedException(response) : null;
        return failure is null || failure.ErrorCode == TableErrorCode.TableAlreadyExists
            ? Response.FromValue(new TableItem(Name), response)
            : throw failure;
    }

    /// <summary>Deletes the table; does not throw when it is absent.</summary>
    public virtual async Task<Response> DeleteAsync(CancellationToken cancellationToken = default)
    {
        using var message = connection.Message(RequestMethod.Delete, $"Tables('{Name}')");
        return await connection.SendAsync(message, cancellationToken, 404);
    }

    public virtual async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var response = await SendGetAsync(partitionKey, rowKey, select, [], cancellationToken);
        return Response.FromValue(Read<T>(response), response);
    }

    /// <summary>When the entity is absent, the answer has no value, and asking for it throws.</summary>
    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var response = await SendGetAsync(partitionKey, rowKey, select, [404], cancellationToken);
        return response.Status == 404 ? new NoValueResponse<T>(response) : Response.FromValue(Read<T>(response), response);
    }

    public virtual async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        ArgumentNullException.ThrowIfNull(entity);
        using var message = connection.Message(RequestMethod.Post, Name);
        message.Request.Headers.SetValue("Prefer", "return-no-content");
        SetBody(message, entity);
        return await connection.SendAsync(message, cancellationToken);
    }

    public virtual async Task<Response> UpsertEntityAsync<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        ArgumentNullException.ThrowIfNull(entity);
        using var message = connection.Message(MethodOf(mode), Path(entity.PartitionKey, entity.RowKey));
        SetBody(message, entity);
        return await connection.SendAsync(message, cancellationToken);
    }

    /// <param name="ifMatch">The version as read, or <see cref="ETag.All"/>; there is no default.</param>
    public virtual async Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        ArgumentNullException.ThrowIfNull(entity);
        if (ifMatch == default)
        {
            throw new ArgumentException("Value cannot be empty. Give the entity's ETag or ETag.All.", nameof(ifMatch));
        }

        using var message = connection.Message(MethodOf(mode), Path(entity.PartitionKey, entity.RowKey));
        message.Request.Headers.SetValue("If-Match", ifMatch.ToString("H"));
        SetBody(message, entity);
        return await connection.SendAsync(message, cancellationToken);
    }

    /// <summary>Answers 404, and does not throw, when the entity is absent. Without an ETag any version is deleted.</summary>
    public virtual async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        using var message = connection.Message(RequestMethod.Delete, Path(partitionKey, rowKey));
        message.Request.Headers.SetValue("If-Match", (ifMatch == default ? ETag.All : ifMatch).ToString("H"));
        return await connection.SendAsync(message, cancellationToken, 404);
    }

    public virtual Task<Response> DeleteEntityAsync(
        ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);
    }

    /// <param name="maxPerPage">At most 1,000, which is also the default.</param>
    public virtual AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        new TablePageable<T>(
            connection, $"{Name}()", filter, maxPerPage, select, Read<T>, ["NextPartitionKey", "NextRowKey"], cancellationToken);

    /// <summary>All changes or none; they must be of one partition, which the service checks.</summary>
    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var actions = transactionActions?.ToList() ?? throw new ArgumentNullException(nameof(transactionActions));
        if (actions.Count == 0)
        {
            throw new InvalidOperationException("Transaction contains no actions.");
        }

        using var message = connection.Message(RequestMethod.Post, "$batch");
        TableTransaction.SetBody(message.Request, Uri, actions);
        var response = await connection.SendAsync(message, cancellationToken);
        return Response.FromValue(TableTransaction.Read(response, actions.Count), response);
    }

    internal static string Keys(string partitionKey, string rowKey) =>
        $"(PartitionKey='{Escape(partitionKey)}',RowKey='{Escape(rowKey)}')";

    private static string Escape(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));

    private static RequestMethod MethodOf(TableUpdateMode mode) => mode switch
    {
        TableUpdateMode.Merge => RequestMethod.Patch,
        TableUpdateMode.Replace => RequestMethod.Put,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    private static void SetBody(HttpMessage message, ITableEntity entity)
    {
        message.Request.Headers.SetValue("Content-Type", "application/json;odata=nometadata");
        message.Request.Content = TableConnection.Content(json => TableJson.Write(json, entity));
    }

    private static T Read<T>(Response response)
        where T : class, ITableEntity
    {
        using var json = JsonDocument.Parse(response.Content.ToMemory());
        return Read<T>(json.RootElement);
    }

    // The package also maps classes of one's own; we have none.
    private static T Read<T>(JsonElement json)
        where T : class, ITableEntity =>
        TableJson.ReadEntity(json) as T ?? throw new NotSupportedException($"Entities must be {nameof(TableEntity)} here, not {typeof(T)}.");

    private string Path(string partitionKey, string rowKey) => Name + Keys(partitionKey, rowKey);

    private async Task<Response> SendCreateAsync(int[] alsoFine, CancellationToken cancellation)
    {
        using var message = connection.Message(RequestMethod.Post, "Tables");
        message.Request.Headers.SetValue("Content-Type", "application/json;odata=nometadata");
        message.Request.Headers.SetValue("Prefer", "return-no-content");
        message.Request.Content = TableConnection.Content(json =>
        {
            json.WriteStartObject();
            json.WriteString("TableName", Name);
            json.WriteEndObject();
        });
        return await connection.SendAsync(message, cancellation, alsoFine);
    }

    private async Task<Response> SendGetAsync(
        string partitionKey, string rowKey, IEnumerable<string>? select, int[] alsoFine, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        var query = "?$format=application%2Fjson%3Bodata%3Dminimalmetadata"
            + (select is null ? "" : "&$select=" + Uri.EscapeDataString(string.Join(',', select)));
        using var message = connection.Message(RequestMethod.Get, Path(partitionKey, rowKey) + query);
        return await connection.SendAsync(message, cancellation, alsoFine);
    }

    private sealed class NoValueResponse<T>(Response response) : NullableResponse<T>
    {
        public override bool HasValue => false;

        public override T Value => throw new InvalidOperationException($"No value exists. The service answered {response.Status}.");

        public override Response GetRawResponse() => response;
    }
}
