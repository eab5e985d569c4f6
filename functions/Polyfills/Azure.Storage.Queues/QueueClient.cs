using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Queues.Models;

namespace Azure.Storage.Queues;

public class QueueClient
{
    private const string Version = "2020-12-06";

    private readonly HttpPipeline pipeline;

    internal QueueClient(Uri serviceUri, string name, HttpPipeline pipeline)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        this.pipeline = pipeline;
        Name = name;
        Uri = new Uri($"{serviceUri.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(name)}");
    }

    public virtual Uri Uri { get; }

    public virtual string Name { get; }

    /// <summary>Null when the queue was already there.</summary>
    public virtual async Task<Response?> CreateIfNotExistsAsync(
        IDictionary<string, string>? metadata = default, CancellationToken cancellationToken = default)
    {
        using var message = Message(RequestMethod.Put, "", []);
        foreach (var (name, value) in metadata ?? new Dictionary<string, string>())
        {
            message.Request.Headers.SetValue("x-ms-meta-" + name, value);
        }

        var response = await SendAsync(message, cancellationToken, 201, 204, 409).ConfigureAwait(false);
        if (response.Status == 409 && !IsError(response, QueueErrorCode.QueueAlreadyExists))
        {
            throw new RequestFailedException(response);
        }

        return response.Status == 201 ? response : null;
    }

    public virtual async Task<Response<QueueProperties>> GetPropertiesAsync(CancellationToken cancellationToken = default)
    {
        using var message = Message(RequestMethod.Get, "", [("comp", "metadata")]);
        var response = await SendAsync(message, cancellationToken, 200).ConfigureAwait(false);
        response.Headers.TryGetValue("x-ms-approximate-messages-count", out var count);
        return Response.FromValue(
            new QueueProperties { ApproximateMessagesCount = int.Parse(count!, CultureInfo.InvariantCulture) }, response);
    }

    /// <param name="timeToLive">Seven days when not given; one negative second is for ever.</param>
    public virtual async Task<Response<SendReceipt>> SendMessageAsync(
        string messageText, TimeSpan? visibilityTimeout = default, TimeSpan? timeToLive = default, CancellationToken cancellationToken = default)
    {
        using var message = Message(
            RequestMethod.Post, "/messages", [("visibilitytimeout", Seconds(visibilityTimeout)), ("messagettl", Seconds(timeToLive))]);
        message.Request.Content = MessageText(messageText);
        message.Request.Headers.SetValue("Content-Type", "application/xml");
        var response = await SendAsync(message, cancellationToken, 201).ConfigureAwait(false);
        var receipt = Messages(response).Single();
        return Response.FromValue(
            new SendReceipt
            {
                MessageId = Text(receipt, "MessageId"),
                PopReceipt = Text(receipt, "PopReceipt"),
                InsertionTime = Time(receipt, "InsertionTime"),
                ExpirationTime = Time(receipt, "ExpirationTime"),
                TimeNextVisible = Time(receipt, "TimeNextVisible"),
            },
            response);
    }

    /// <param name="maxMessages">1 to 32; one when not given.</param>
    /// <param name="visibilityTimeout">1 second to 7 days; 30 seconds when not given.</param>
    public virtual async Task<Response<QueueMessage[]>> ReceiveMessagesAsync(
        int? maxMessages = default, TimeSpan? visibilityTimeout = default, CancellationToken cancellationToken = default)
    {
        using var message = Message(
            RequestMethod.Get,
            "/messages",
            [("numofmessages", maxMessages?.ToString(CultureInfo.InvariantCulture)), ("visibilitytimeout", Seconds(visibilityTimeout))]);
        var response = await SendAsync(message, cancellationToken, 200).ConfigureAwait(false);
        return Response.FromValue<QueueMessage[]>(
            [.. Messages(response).Select(m => new QueueMessage
            {
                MessageId = Text(m, "MessageId"),
                PopReceipt = Text(m, "PopReceipt"),
                Body = BinaryData.FromString(Text(m, "MessageText")),
                DequeueCount = long.Parse(Text(m, "DequeueCount"), CultureInfo.InvariantCulture),
                InsertedOn = Time(m, "InsertionTime"),
                ExpiresOn = Time(m, "ExpirationTime"),
                NextVisibleOn = Time(m, "TimeNextVisible"),
            })],
            response);
    }

    public virtual async Task<Response<PeekedMessage[]>> PeekMessagesAsync(
        int? maxMessages = default, CancellationToken cancellationToken = default)
    {
        using var message = Message(
            RequestMethod.Get, "/messages", [("peekonly", "true"), ("numofmessages", maxMessages?.ToString(CultureInfo.InvariantCulture))]);
        var response = await SendAsync(message, cancellationToken, 200).ConfigureAwait(false);
        return Response.FromValue<PeekedMessage[]>(
            [.. Messages(response).Select(m => new PeekedMessage
            {
                MessageId = Text(m, "MessageId"),
                Body = BinaryData.FromString(Text(m, "MessageText")),
                DequeueCount = long.Parse(Text(m, "DequeueCount"), CultureInfo.InvariantCulture),
                InsertedOn = Time(m, "InsertionTime"),
                ExpiresOn = Time(m, "ExpirationTime"),
            })],
            response);
    }

    /// <param name="messageText">Null leaves the message's text as it is.</param>
    /// <param name="visibilityTimeout">From now; the default makes it visible at once.</param>
    public virtual async Task<Response<UpdateReceipt>> UpdateMessageAsync(
        string messageId, string popReceipt, string? messageText = null, TimeSpan visibilityTimeout = default,
        CancellationToken cancellationToken = default)
    {
        using var message = Message(
            RequestMethod.Put,
            "/messages/" + Uri.EscapeDataString(messageId),
            [("popreceipt", popReceipt), ("visibilitytimeout", Seconds(visibilityTimeout))]);
        if (messageText is not null)
        {
            message.Request.Content = MessageText(messageText);
            message.Request.Headers.SetValue("Content-Type", "application/xml");
        }

        var response = await SendAsync(message, cancellationToken, 204).ConfigureAwait(false);
        response.Headers.TryGetValue("x-ms-popreceipt", out var receipt);
        response.Headers.TryGetValue("x-ms-time-next-visible", out var visible);
        return Response.FromValue(
            new UpdateReceipt { PopReceipt = receipt!, NextVisibleOn = DateTimeOffset.Parse(visible!, CultureInfo.InvariantCulture) }, response);
    }

    public virtual async Task<Response> DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken = default)
    {
        using var message = Message(RequestMethod.Delete, "/messages/" + Uri.EscapeDataString(messageId), [("popreceipt", popReceipt)]);
        return await SendAsync(message, cancellationToken, 204).ConfigureAwait(false);
    }

    private HttpMessage Message(RequestMethod method, string path, IEnumerable<(string Name, string? Value)> query)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(Uri.AbsoluteUri + path));
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                message.Request.Uri.AppendQuery(name, value, escapeValue: true);
            }
        }

        message.Request.Headers.SetValue("x-ms-version", Version);
        message.Request.Headers.SetValue("Accept", "application/xml");
        return message;
    }

    private async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellation, params int[] expected)
    {
        await pipeline.SendAsync(message, cancellation).ConfigureAwait(false);
        return expected.Contains(message.Response.Status) ? message.Response : throw new RequestFailedException(message.Response);
    }

    private static bool IsError(Response response, QueueErrorCode code) =>
        response.Headers.TryGetValue("x-ms-error-code", out var text) && text == code;

    private static RequestContent MessageText(string text) => RequestContent.Create(
        Encoding.UTF8.GetBytes(new XElement("QueueMessage", new XElement("MessageText", text)).ToString(SaveOptions.DisableFormatting)));

    private static IEnumerable<XElement> Messages(Response response) =>
        XDocument.Load(response.Content.ToStream(), LoadOptions.PreserveWhitespace).Root!.Elements("QueueMessage");

    private static string Text(XElement message, string name) => message.Element(name)!.Value;

    private static DateTimeOffset Time(XElement message, string name) =>
        DateTimeOffset.ParseExact(Text(message, name), "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string? Seconds(TimeSpan? length) =>
        length is { } given ? ((long)given.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null;
}
