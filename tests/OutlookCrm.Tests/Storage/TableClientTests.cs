using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace OutlookCrm.Tests.Storage;

/// <summary>
/// What the package's client does that one would not guess. The product is built on our own part of it or on the package itself;
/// these hold for both.
/// </summary>
public sealed class TableClientTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string name = "t" + Guid.NewGuid().ToString("N");
    private TableClient table = null!;

    public async Task InitializeAsync()
    {
        table = new TableClient(azurite.ConnectionString, name);
        await table.CreateAsync();
    }

    public async Task DisposeAsync() => await table.DeleteAsync();

    [Fact]
    public async Task Deleting_an_absent_entity_answers_404_and_does_not_throw()
    {
        Assert.Equal(404, (await table.DeleteEntityAsync("p", "absent")).Status);
        Assert.Equal(404, (await table.DeleteEntityAsync(new TableEntity("p", "absent"))).Status);
    }

    [Fact]
    public async Task Updating_without_an_etag_is_a_mistake_and_with_the_star_is_not()
    {
        await table.AddEntityAsync(new TableEntity("p", "a") { ["Old"] = 1 });

        await Assert.ThrowsAsync<ArgumentException>(() => table.UpdateEntityAsync(new TableEntity("p", "a"), default));
        await table.UpdateEntityAsync(new TableEntity("p", "a") { ["New"] = 2 }, ETag.All);

        var found = (await table.GetEntityAsync<TableEntity>("p", "a")).Value;
        Assert.Equal((1, 2), (found.GetInt32("Old"), found.GetInt32("New"))); // merges unless told to replace
    }

    [Fact]
    public async Task Upserting_merges_unless_told_to_replace()
    {
        await table.UpsertEntityAsync(new TableEntity("p", "a") { ["One"] = 1 });
        await table.UpsertEntityAsync(new TableEntity("p", "a") { ["Two"] = 2 });
        Assert.Equal(1, (await table.GetEntityAsync<TableEntity>("p", "a")).Value.GetInt32("One"));

        await table.UpsertEntityAsync(new TableEntity("p", "a") { ["Three"] = 3 }, TableUpdateMode.Replace);
        var found = (await table.GetEntityAsync<TableEntity>("p", "a")).Value;
        Assert.Equal((null, 3), (found.GetInt32("One"), found.GetInt32("Three")));
    }

    [Fact]
    public async Task An_entity_that_may_be_absent_is_an_answer_without_a_value()
    {
        var absent = await table.GetEntityIfExistsAsync<TableEntity>("p", "absent");

        Assert.False(absent.HasValue);
        Assert.Throws<InvalidOperationException>(() => absent.Value);
        Assert.Equal(404, absent.GetRawResponse().Status);
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityAsync<TableEntity>("p", "absent"));
        Assert.Equal((404, true), (failure.Status, failure.ErrorCode == TableErrorCode.ResourceNotFound));
    }

    [Fact]
    public async Task A_table_that_is_there_is_not_made_twice()
    {
        Assert.Equal(name, (await table.CreateIfNotExistsAsync()).Value.Name);
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.CreateAsync());
        Assert.Equal((409, true), (failure.Status, failure.ErrorCode == TableErrorCode.TableAlreadyExists));

        var service = new TableServiceClient(azurite.ConnectionString);
        var names = new List<string>();
        await foreach (var item in service.QueryAsync(TableServiceClient.CreateQueryFilter($"TableName eq {name}")))
        {
            names.Add(item.Name);
        }

        Assert.Equal([name], names);
    }

    [Fact]
    public async Task A_refused_transaction_names_the_change_and_an_empty_one_is_a_mistake()
    {
        await table.AddEntityAsync(new TableEntity("p", "b"));

        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, new TableEntity("p", "a")), new(TableTransactionActionType.Add, new TableEntity("p", "b")),
        ]));

        Assert.Equal((409, 1), (failure.Status, failure.FailedTransactionActionIndex));
        Assert.True(failure.ErrorCode == TableErrorCode.EntityAlreadyExists);
        await Assert.ThrowsAsync<InvalidOperationException>(() => table.SubmitTransactionAsync([]));
    }

    [Fact]
    public async Task In_a_transaction_an_update_without_etag_is_an_upsert_and_a_deletion_takes_any_version_but_none()
    {
        await table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateReplace, new TableEntity("p", "a") { ["N"] = 1 })]);
        await table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateMerge, new TableEntity("p", "a") { ["M"] = 2 })]);
        Assert.Equal(1, (await table.GetEntityAsync<TableEntity>("p", "a")).Value.GetInt32("N"));

        await table.SubmitTransactionAsync([new(TableTransactionActionType.Delete, new TableEntity("p", "a"))]);
        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => table.SubmitTransactionAsync([new(TableTransactionActionType.Delete, new TableEntity("p", "a"))]));
        Assert.Equal((404, 0), (failure.Status, failure.FailedTransactionActionIndex));
    }

    [Fact]
    public async Task Pages_are_as_large_as_asked_and_a_token_goes_on_where_it_was_given()
    {
        await table.SubmitTransactionAsync(
            Enumerable.Range(0, 7).Select(n => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("p", $"{n}"))));

        var sizes = new List<int>();
        string? token = null;
        await foreach (var page in table.QueryAsync<TableEntity>(maxPerPage: 3, select: ["RowKey"]).AsPages())
        {
            sizes.Add(page.Values.Count);
            token ??= page.ContinuationToken;
        }

        Assert.Equal([3, 3, 1], sizes);
        await foreach (var page in table.QueryAsync<TableEntity>().AsPages(token, 2))
        {
            Assert.Equal(["3", "4"], page.Values.Select(row => row.RowKey));
            break;
        }
    }

    [Fact]
    public void A_filter_takes_its_arguments_as_values_only()
    {
        var at = new DateTimeOffset(2026, 11, 22, 10, 15, 0, TimeSpan.FromHours(1));
        var guid = new Guid("8D2F1C54-1111-4222-8333-9A4B5C6D7E8F");

        Assert.Equal("A eq 'it''s' or A eq ''' or true'", TableClient.CreateQueryFilter($"A eq {"it's"} or A eq {"' or true"}"));
        Assert.Equal("A eq 1 and B eq 5L and C eq true", TableClient.CreateQueryFilter($"A eq {1} and B eq {5L} and C eq {true}"));
        Assert.Equal(
            "A ge datetime'2026-11-22T09:15:00Z' and B eq guid'8d2f1c54-1111-4222-8333-9a4b5c6d7e8f'",
            TableClient.CreateQueryFilter($"A ge {at} and B eq {guid}"));
        Assert.Equal("A eq null", TableClient.CreateQueryFilter($"A eq {null}"));
        Assert.Throws<ArgumentException>(() => TableClient.CreateQueryFilter($"A eq {TimeSpan.Zero}"));
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1", "devstoreaccount1")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=firm;AccountKey=AAAA;EndpointSuffix=core.windows.net", "https://firm.table.core.windows.net/", "firm")]
    [InlineData("AccountName=firm;AccountKey=AAA=;TableEndpoint=http://127.0.0.1:1/firm;", "http://127.0.0.1:1/firm", "firm")]
    public void A_connection_string_says_where_and_who(string connectionString, string uri, string account)
    {
        var service = new TableServiceClient(connectionString);

        Assert.Equal((new Uri(uri), account), (service.Uri, service.AccountName));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AccountName=firm")]
    [InlineData("AccountName=firm;AccountKey=not base64")]
    public void A_connection_string_that_is_none_is_refused(string connectionString) =>
        Assert.Throws<FormatException>(() => new TableServiceClient(connectionString));

    [Fact]
    public async Task A_token_is_asked_for_storage_and_sent_anew_with_each_try()
    {
        var asked = new List<string>();
        var credential = DelegatedTokenCredential.Create(
            (context, _) =>
            {
                asked.AddRange(context.Scopes);
                return new AccessToken("the-token", DateTimeOffset.MaxValue);
            });
        var sent = new List<(string Method, string? Authorization, string? Version)>();
        var options = new TableClientOptions { Transport = new Answers(sent) };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        var client = new TableClient(new Uri("https://firm.table.core.windows.net"), name, credential, options);

        await client.AddEntityAsync(new TableEntity("p", "a"));

        Assert.Equal(["https://storage.azure.com/.default"], asked.Distinct());
        Assert.Equal([("POST", "Bearer the-token", "2020-12-06"), ("POST", "Bearer the-token", "2020-12-06")], sent);
    }

    /// <summary>First busy, then well.</summary>
    private sealed class Answers(List<(string Method, string? Authorization, string? Version)> sent) : HttpPipelineTransport
    {
        private readonly HttpClientTransport requests = new();

        public override Request CreateRequest() => requests.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException();

        public override ValueTask ProcessAsync(HttpMessage message)
        {
            message.Request.Headers.TryGetValue("Authorization", out var authorization);
            message.Request.Headers.TryGetValue("x-ms-version", out var version);
            sent.Add((message.Request.Method.Method, authorization, version));
            message.Response = new Bare(sent.Count == 1 ? 503 : 204);
            return default;
        }
    }

    private sealed class Bare(int status) : Response
    {
        public override int Status => status;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }
    }
}
