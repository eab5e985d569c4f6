using System.Text;
using Azure;
using Azure.Core;
using Azure.Storage;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Health;
using OutlookCrm.Import;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

public sealed class AzureWorkQueueTests : WorkQueueContract, IClassFixture<AzuriteFixture>
{
    private readonly QueueServiceClient service;

    public AzureWorkQueueTests(AzuriteFixture azurite)
    {
        service = new QueueServiceClient(azurite.ConnectionString);
        Queue = new AzureWorkQueue(service, TimeProvider.System);
        Settings = new Dictionary<string, string?> { ["Storage:Kind"] = "azure", ["Storage:ConnectionString"] = azurite.ConnectionString };
    }

    internal override IWorkQueue Queue { get; }

    protected override IReadOnlyDictionary<string, string?> Settings { get; }

    [Fact]
    public async Task Messages_travel_in_base64_and_never_expire()
    {
        await Queue.SendAsync("wire-format", "ü", null, default);
        var peeked = Assert.Single((await service.GetQueueClient("wire-format").PeekMessagesAsync(32)).Value);
        Assert.Equal("w7w=", peeked.Body.ToString());
        Assert.True(peeked.ExpiresOn > TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(365));
    }

    [Fact]
    public async Task What_the_host_lays_aside_for_seven_days_is_kept_until_somebody_has_it_tried_again()
    {
        var client = service.GetQueueClient(PoisonQueue.Of(ImportJob.Queue));
        await client.CreateIfNotExistsAsync();
        await client.SendMessageAsync(Convert.ToBase64String("""{"TenantId":"?"}"""u8));
        using var failed = new FailedWorkQueues(Queue);
        Assert.True(Assert.Single((await client.PeekMessagesAsync(32)).Value).ExpiresOn < TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(8));

        await new KeepFailedWork(failed).RunAsync(new TimerInfo(), default);
        var kept = Assert.Single((await client.PeekMessagesAsync(32)).Value);
        await new KeepFailedWork(failed).RunAsync(new TimerInfo(), default);

        Assert.Equal(kept.MessageId, Assert.Single((await client.PeekMessagesAsync(32)).Value).MessageId); // once is enough
        var taken = Assert.Single(await Queue.ReceiveAsync(PoisonQueue.Of(ImportJob.Queue), 32, TimeSpan.FromMinutes(1), default));
        Assert.Equal(("""{"TenantId":"?"}""", null), (taken.Body, taken.ExpiresAt));
        Assert.True(await Queue.DeleteAsync(taken, default));
    }

    [Fact]
    public async Task A_message_that_another_program_sent_as_plain_text_is_delivered_as_it_is()
    {
        var client = service.GetQueueClient("foreign");
        await client.CreateIfNotExistsAsync();
        await client.SendMessageAsync("no base64!");
        Assert.Equal("no base64!", Assert.Single(await Queue.ReceiveAsync("foreign", 1, TimeSpan.FromMinutes(1), default)).Body);
    }

    [Fact]
    public async Task A_service_that_cannot_be_reached_is_unavailable()
    {
        var nobody = new QueueServiceClient(
            new Uri("http://127.0.0.1:1/account"), new StorageSharedKeyCredential("account", "a2V5"), new QueueClientOptions { Retry = { MaxRetries = 0 } });
        var queue = new AzureWorkQueue(nobody, TimeProvider.System);
        await Assert.ThrowsAsync<WorkQueueUnavailableException>(() => queue.SendAsync("queue", "work", null, default));
        await Assert.ThrowsAsync<WorkQueueUnavailableException>(() => queue.ReceiveAsync("queue", 1, TimeSpan.FromMinutes(1), default));
    }

    protected override Task PassAsync(TimeSpan time) => Task.Delay(time + TimeSpan.FromSeconds(1)); // the service's times are whole seconds
}

/// <summary>The client itself, where it must be as Azure.Storage.Queues is.</summary>
public sealed class QueueClientTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly QueueServiceClient service = new(azurite.ConnectionString);

    [Fact]
    public async Task A_queue_is_made_once()
    {
        var client = service.GetQueueClient($"q-{Guid.NewGuid():N}");
        Assert.Equal(201, (await client.CreateIfNotExistsAsync())?.Status);
        Assert.Null(await client.CreateIfNotExistsAsync());
        Assert.Null(await client.CreateIfNotExistsAsync(new Dictionary<string, string> { ["other"] = "metadata" }));
    }

    [Fact]
    public async Task Errors_carry_the_services_status_and_code()
    {
        var client = service.GetQueueClient($"q-{Guid.NewGuid():N}");
        var absent = await Assert.ThrowsAsync<RequestFailedException>(() => client.SendMessageAsync("text"));
        Assert.Equal((404, "QueueNotFound"), (absent.Status, absent.ErrorCode));

        await client.CreateIfNotExistsAsync();
        var sent = (await client.SendMessageAsync("text")).Value;
        var taken = Assert.Single((await client.ReceiveMessagesAsync(visibilityTimeout: TimeSpan.FromMinutes(1))).Value);
        Assert.Equal(sent.MessageId, taken.MessageId);
        var stale = await Assert.ThrowsAsync<RequestFailedException>(() => client.DeleteMessageAsync(sent.MessageId, sent.PopReceipt));
        Assert.True(stale.ErrorCode == QueueErrorCode.PopReceiptMismatch, stale.ErrorCode);
        Assert.Equal(204, (await client.DeleteMessageAsync(taken.MessageId, taken.PopReceipt)).Status);
    }

    [Fact]
    public async Task Markup_in_a_message_stays_text_and_an_update_may_replace_it()
    {
        var client = service.GetQueueClient($"q-{Guid.NewGuid():N}");
        await client.CreateIfNotExistsAsync();
        await client.SendMessageAsync("<a>&</a> ü", TimeSpan.Zero, TimeSpan.FromSeconds(-1));
        Assert.Equal(1, (await client.GetPropertiesAsync()).Value.ApproximateMessagesCount);

        var taken = Assert.Single((await client.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(1))).Value);
        Assert.Equal("<a>&</a> ü", taken.Body.ToString());
        var kept = (await client.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, visibilityTimeout: TimeSpan.FromMinutes(1))).Value;
        await client.UpdateMessageAsync(taken.MessageId, kept.PopReceipt, "new & better");
        var again = Assert.Single((await client.ReceiveMessagesAsync()).Value);
        Assert.Equal(("new & better", 2), (again.Body.ToString(), again.DequeueCount));
    }

    [Fact]
    public async Task A_key_that_is_not_the_accounts_is_refused()
    {
        var stranger = new QueueServiceClient(service.Uri, new StorageSharedKeyCredential(azurite.Account, Convert.ToBase64String(new byte[64])));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => stranger.GetQueueClient("queue").GetPropertiesAsync());
        Assert.Equal(403, refused.Status);
    }

    [Fact]
    public async Task A_token_is_never_sent_over_plain_http()
    {
        var client = new QueueServiceClient(service.Uri, new GivenToken()).GetQueueClient("queue");
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetPropertiesAsync());
    }

    [Fact]
    public void A_connection_string_names_the_account_or_is_refused()
    {
        Assert.Equal(
            "https://firm.queue.core.windows.net/",
            new QueueServiceClient("AccountName=firm;AccountKey=a2V5").Uri.AbsoluteUri);
        Assert.Equal("http://127.0.0.1:10001/devstoreaccount1", new QueueServiceClient("UseDevelopmentStorage=true").Uri.AbsoluteUri);
        Assert.Throws<FormatException>(() => new QueueServiceClient("AccountName=firm"));
        Assert.Throws<FormatException>(() => new QueueServiceClient("nonsense"));
    }

    private sealed class GivenToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("secret", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
