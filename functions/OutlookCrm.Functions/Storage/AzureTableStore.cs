using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace OutlookCrm.Storage;

/// <summary>Tables of an Azure storage account.</summary>
/// <remarks>
/// <para>The client tries again after a lost answer, and then meets its own write: an insert that "already exists", a replacement whose
/// ETag "has changed". So every row carries the random stamp of the write that made it, and when an earlier try may have been carried
/// out and a later one is refused, the row is read: with our stamp the write was ours. Where that proves nothing, the store says that
/// it does not know (<see cref="TableStoreUnavailableException"/>) and never calls somebody's own write somebody else's.</para>
/// <para>A table is made when the service first says that it is missing, so that no request pays for asking.</para>
/// </remarks>
internal sealed class AzureTableStore : ITableStore, ITableScan, IDisposable
{
    private const string NotFromUs = "overwritten";

    private readonly TableServiceClient service;
    private readonly StorageMetrics metrics;

    /// <param name="connect">Makes the client with the given options.</param>
    public AzureTableStore(StorageOptions options, Func<TableClientOptions, TableServiceClient> connect)
    {
        var client = new TableClientOptions();
        client.Retry.MaxRetries = options.MaxRetries;
        client.Retry.NetworkTimeout = options.NetworkTimeout;
        client.AddPolicy(new TriesPolicy(), HttpPipelinePosition.PerRetry);
        service = connect(client);
        metrics = new StorageMetrics(this);
    }

    public async Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation)
    {
        TableLimits.CheckTable(table);
        TableLimits.CheckKeys(partitionKey, rowKey);
        try
        {
            var found = await service.GetTableClient(table)
                .GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, cancellationToken: cancellation);
            metrics.PointRead(table, found.HasValue);
            return found.HasValue ? RowOf(found.Value!) : null;
        }
        catch (Exception failure) when (IsUnavailable(failure, cancellation))
        {
            throw Unavailable(failure);
        }
    }

    public async Task<TableRange> RangeAsync(
        string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation)
    {
        TableLimits.CheckTable(table);
        TableLimits.CheckRange(partitionKey, range, maxRows);
        var filter = range.Before is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {partitionKey} and RowKey ge {range.From}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {partitionKey} and RowKey ge {range.From} and RowKey lt {range.Before}");
        var rows = new List<TableRow>();
        try
        {
            var pages = service.GetTableClient(table).QueryAsync<TableEntity>(filter, maxRows, cancellationToken: cancellation).AsPages();

            // The service may split a page anywhere, and answer an empty one that has a next.
            await foreach (var page in pages)
            {
                metrics.RangeRead(table, page.Values.Count);
                rows.AddRange(page.Values.Take(maxRows - rows.Count).Select(RowOf));
                if (rows.Count == maxRows)
                {
                    break;
                }
            }
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == TableErrorCode.TableNotFound)
        {
            metrics.RangeRead(table, 0);
        }
        catch (Exception failure) when (IsUnavailable(failure, cancellation))
        {
            throw Unavailable(failure);
        }

        return TableRange.Of(rows);
    }

    public async IAsyncEnumerable<TableRow> ScanAsync(
        string table, string partitionKeyPrefix, [EnumeratorCancellation] CancellationToken cancellation, int pageRows = TableLimits.MaxRangeRows)
    {
        TableLimits.CheckTable(table);
        TableLimits.CheckKeys(partitionKeyPrefix, "");
        var filter = RowKeyRange.StartingWith(partitionKeyPrefix).Before is { } before
            ? TableClient.CreateQueryFilter($"PartitionKey ge {partitionKeyPrefix} and PartitionKey lt {before}")
            : TableClient.CreateQueryFilter($"PartitionKey ge {partitionKeyPrefix}");
        await using var pages = service.GetTableClient(table)
            .QueryAsync<TableEntity>(filter, pageRows, cancellationToken: cancellation).AsPages().GetAsyncEnumerator(cancellation);
        while (await IsThereMoreAsync())
        {
            foreach (var entity in pages.Current.Values)
            {
                yield return RowOf(entity);
            }
        }

        async Task<bool> IsThereMoreAsync()
        {
            try
            {
                var more = await pages.MoveNextAsync();
                metrics.RangeRead(table, more ? pages.Current.Values.Count : 0);
                return more;
            }
            catch (RequestFailedException failure) when (failure.ErrorCode == TableErrorCode.TableNotFound)
            {
                metrics.RangeRead(table, 0);
                return false;
            }
            catch (Exception failure) when (IsUnavailable(failure, cancellation))
            {
                throw Unavailable(failure);
            }
        }
    }

    public async Task<TransactionOutcome> TransactAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
    {
        TableLimits.CheckTransaction(partitionKey, changes);
        return await WriteAsync(
            table, partitionKey, changes,
            (client, stamp) => changes is [var only]
                ? SendAsync(client, partitionKey, only, stamp, cancellation)
                : SendAsync(client, partitionKey, changes, stamp, cancellation),
            cancellation);
    }

    public void Dispose() => metrics.Dispose();

    private static TableRow RowOf(TableEntity entity)
    {
        var properties = new Dictionary<string, object>(entity.Count, StringComparer.Ordinal);
        foreach (var (name, value) in entity)
        {
            if (name is not (nameof(entity.PartitionKey) or nameof(entity.RowKey) or nameof(entity.Timestamp) or "odata.etag"
                or TableLimits.StampProperty) && value is not null)
            {
                properties.Add(name, value);
            }
        }

        return new TableRow(entity.PartitionKey, entity.RowKey, properties, entity.ETag.ToString());
    }

    private static TableEntity EntityOf(TableRow row, string stamp)
    {
        var entity = new TableEntity(row.PartitionKey, row.RowKey) { [TableLimits.StampProperty] = stamp };
        foreach (var (name, value) in row.Properties)
        {
            entity[name] = value;
        }

        return entity;
    }

    private static TableTransactionAction ActionOf(string partitionKey, TableChange change, string stamp) => change switch
    {
        TableChange.Insert insert => new(TableTransactionActionType.Add, EntityOf(insert.Row, stamp)),
        TableChange.Replace replace =>
            new(TableTransactionActionType.UpdateReplace, EntityOf(replace.Row, stamp), new ETag(replace.ETag)),
        TableChange.Put put => new(TableTransactionActionType.UpsertReplace, EntityOf(put.Row, stamp)),
        TableChange.Delete delete => new(
            TableTransactionActionType.Delete, new TableEntity(partitionKey, delete.RowKey),
            delete.ETag is null ? ETag.All : new ETag(delete.ETag)),
        _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
    };

    private static string RowKeyOf(TableChange change) => change switch
    {
        TableChange.Insert insert => insert.Row.RowKey,
        TableChange.Replace replace => replace.Row.RowKey,
        TableChange.Put put => put.Row.RowKey,
        TableChange.Delete delete => delete.RowKey,
        _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
    };

    private static string? ETagGivenTo(TableChange change) => change switch
    {
        TableChange.Replace replace => replace.ETag,
        TableChange.Delete delete => delete.ETag,
        _ => null,
    };

    private static string? ETagOf(Response response) => response.Headers.ETag?.ToString();

    // What the service cannot have given out must not reach it: "*" would match any version, other signs would break the request.
    private static bool MayBeOurs(string etag) =>
        etag.StartsWith("W/\"", StringComparison.Ordinal) && etag.Length > 4 && etag[^1] == '"'
        && etag.AsSpan(3, etag.Length - 4).IndexOfAnyExceptInRange('!', '~') < 0 && etag.AsSpan(3, etag.Length - 4).IndexOf('"') < 0;

    private static WriteResult ResultOf(int status, TableChange change) => (status, change) switch
    {
        (409, TableChange.Insert) => WriteResult.AlreadyExists,
        (412, _) => WriteResult.Changed,
        (404, TableChange.Replace or TableChange.Delete) => WriteResult.Absent,

        // How the service calls an ETag of a form that it never had.
        (400, TableChange.Replace or TableChange.Delete) => WriteResult.Changed,
        _ => throw new InvalidOperationException($"The service answered {status} to {change.GetType().Name}."),
    };

    // A refused connection or an exhausted retry is an AggregateException of all tries; a time limit a cancellation that nobody asked for.
    private static bool IsUnavailable(Exception failure, CancellationToken cancellation) => failure switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        RequestFailedException { ErrorCode: "TableBeingDeleted" } => true,
        OperationCanceledException => !cancellation.IsCancellationRequested,
        AggregateException tries => tries.InnerExceptions.All(one => IsUnavailable(one, cancellation)),
        IOException => true,
        _ => false,
    };

    private static TableStoreUnavailableException Unavailable(Exception failure)
    {
        var last = failure is AggregateException tries ? tries.InnerExceptions[^1] : failure;
        return new TableStoreUnavailableException(
            last is RequestFailedException { Status: > 0 } answer
                ? $"The table service answered {answer.Status} {answer.ErrorCode} after all tries."
                : $"The table service did not answer: {last.Message}",
            failure);
    }

    private static async Task<IReadOnlyList<string?>> SendAsync(
        TableClient client, string partitionKey, IReadOnlyList<TableChange> changes, string stamp, CancellationToken cancellation)
    {
        var answer = await client.SubmitTransactionAsync(changes.Select(change => ActionOf(partitionKey, change, stamp)), cancellation);
        return [.. answer.Value.Zip(changes, (part, change) => change is TableChange.Delete ? null : ETagOf(part))];
    }

    // One change alone needs no multipart request.
    private static async Task<IReadOnlyList<string?>> SendAsync(
        TableClient client, string partitionKey, TableChange change, string stamp, CancellationToken cancellation) => change switch
        {
            TableChange.Insert insert => [ETagOf(await client.AddEntityAsync(EntityOf(insert.Row, stamp), cancellation))],
            TableChange.Replace replace =>
            [
                ETagOf(await client.UpdateEntityAsync(
                    EntityOf(replace.Row, stamp), new ETag(replace.ETag), TableUpdateMode.Replace, cancellation)),
            ],
            TableChange.Put put =>
                [ETagOf(await client.UpsertEntityAsync(EntityOf(put.Row, stamp), TableUpdateMode.Replace, cancellation))],
            TableChange.Delete delete => [await DeleteAsync(client, partitionKey, delete, cancellation)],
            _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
        };

    private static async Task<string?> DeleteAsync(
        TableClient client, string partitionKey, TableChange.Delete delete, CancellationToken cancellation)
    {
        var response = await client.DeleteEntityAsync(
            partitionKey, delete.RowKey, delete.ETag is null ? ETag.All : new ETag(delete.ETag), cancellation);

        // The client answers 404 where other calls throw it.
        return response.Status == 404 ? throw new RequestFailedException(response) : null;
    }

    private async Task<TransactionOutcome> WriteAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes,
        Func<TableClient, string, Task<IReadOnlyList<string?>>> sendAsync, CancellationToken cancellation)
    {
        TableLimits.CheckTable(table);
        cancellation.ThrowIfCancellationRequested();
        for (var i = 0; i < changes.Count; i++)
        {
            if (ETagGivenTo(changes[i]) is { } etag && !MayBeOurs(etag))
            {
                var exists = await FindAsync(table, partitionKey, RowKeyOf(changes[i]), cancellation) is not null;
                return new TransactionOutcome(exists ? WriteResult.Changed : WriteResult.Absent, i, []);
            }
        }

        var stamp = Convert.ToBase64String(RandomNumberGenerator.GetBytes(9));
        var client = service.GetTableClient(table);
        while (true)
        {
            var tries = new Tries();
            try
            {
                using (HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [Tries.Name] = tries }))
                {
                    var etags = await sendAsync(client, stamp);
                    metrics.Write(table);
                    return new TransactionOutcome(WriteResult.Written, null, etags);
                }
            }
            catch (RequestFailedException failure) when (failure.ErrorCode == TableErrorCode.TableNotFound)
            {
                if (changes.All(change => change is TableChange.Insert or TableChange.Put))
                {
                    await MakeAsync(client, cancellation);
                    continue;
                }

                metrics.Write(table);
                var missing = changes.TakeWhile(change => change is TableChange.Insert or TableChange.Put).Count();
                return new TransactionOutcome(WriteResult.Absent, missing, []);
            }
            catch (RequestFailedException failure) when (failure.Status is 400 or 404 or 409 or 412 or < 300 and > 0)
            {
                metrics.Write(table);
                var index = failure is TableTransactionFailedException transaction ? transaction.FailedTransactionActionIndex : 0;
                var isRefusal = failure.Status >= 400 && index < changes.Count && IsRefusal(failure, changes[index.Value]);
                if (isRefusal && !tries.MayHaveHappened)
                {
                    return new TransactionOutcome(ResultOf(failure.Status, changes[index!.Value]), index, []);
                }

                if (!isRefusal && failure.Status >= 400)
                {
                    throw;
                }

                return await ReadBackAsync(table, partitionKey, changes, stamp, cancellation)
                    ?? throw new TableStoreUnavailableException(
                        $"The table service answered {failure.Status} {failure.ErrorCode} after a try whose answer was lost: "
                        + "whether that try was carried out is unknown.",
                        failure);
            }
            catch (Exception failure) when (IsUnavailable(failure, cancellation))
            {
                throw Unavailable(failure);
            }
        }
    }

    private static bool IsRefusal(RequestFailedException failure, TableChange change) => (failure.Status, change) switch
    {
        (409, TableChange.Insert) => failure.ErrorCode == TableErrorCode.EntityAlreadyExists,
        (404 or 412, TableChange.Replace or TableChange.Delete) => true,
        (400, TableChange.Replace or TableChange.Delete) => failure.ErrorCode == "InvalidInput",
        _ => false,
    };

    private static async Task MakeAsync(TableClient client, CancellationToken cancellation)
    {
        try
        {
            await client.CreateIfNotExistsAsync(cancellation);
        }
        catch (Exception failure) when (IsUnavailable(failure, cancellation))
        {
            throw Unavailable(failure);
        }
    }

    /// <summary>Looks for traces of a write that may have been carried out; null when there are none, which proves nothing.</summary>
    private async Task<TransactionOutcome?> ReadBackAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, string stamp, CancellationToken cancellation)
    {
        var etags = new string?[changes.Count];
        var seen = false;
        for (var i = 0; i < changes.Count; i++)
        {
            NullableResponse<TableEntity> found;
            try
            {
                found = await service.GetTableClient(table)
                    .GetEntityIfExistsAsync<TableEntity>(partitionKey, RowKeyOf(changes[i]), cancellationToken: cancellation);
            }
            catch (Exception failure) when (IsUnavailable(failure, cancellation))
            {
                throw Unavailable(failure);
            }

            metrics.PointRead(table, found.HasValue);
            if (changes[i] is TableChange.Delete)
            {
                // What was to be deleted is gone. When nothing else was asked for, what was asked for is so.
                seen |= !found.HasValue && changes.All(change => change is TableChange.Delete);
            }
            else if (found.HasValue && found.Value!.GetString(TableLimits.StampProperty) == stamp)
            {
                seen = true;
                etags[i] = found.Value.ETag.ToString();
            }
            else
            {
                etags[i] = NotFromUs; // Somebody wrote over it since; no version of theirs is ours to replace.
            }
        }

        return seen ? new TransactionOutcome(WriteResult.Written, null, etags) : null;
    }

    /// <summary>What became of the tries of one write.</summary>
    private sealed class Tries
    {
        public const string Name = "OutlookCrm.Tries";

        /// <summary>True when the answer to one was lost, so that it may have been carried out.</summary>
        public bool MayHaveHappened { get; set; }
    }

    private sealed class TriesPolicy : HttpPipelinePolicy
    {
        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var tries = message.TryGetProperty(Tries.Name, out var property) ? property as Tries : null;
            var isAnswered = false;
            try
            {
                await ProcessNextAsync(message, pipeline);

                // 429 and 503 say that the service did not begin; other failures of the server say nothing.
                isAnswered = message.Response.Status is < 500 and not 408 or 503;
            }
            finally
            {
                if (tries is not null && !isAnswered)
                {
                    tries.MayHaveHappened = true;
                }
            }
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("The store is asynchronous throughout.");
    }
}
