using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.LocalHost;

/// <summary>What Azure would refuse, or would serve wrongly in silence, does not start.</summary>
public sealed class FunctionCatalogTests
{
    [Theory]
    [InlineData(typeof(TwiceA), "Two functions are called twice")]
    [InlineData(typeof(SameRoute), "have the same route")]
    [InlineData(typeof(Keyed), "has no keys")]
    [InlineData(typeof(NoTrigger), "must have one trigger")]
    [InlineData(typeof(Unfillable), "cannot be filled")]
    [InlineData(typeof(AnswersPoco), "would send an empty body")]
    [InlineData(typeof(BadRoute), "is not a route")]
    [InlineData(typeof(BadSchedule), "has 5 fields")]
    [InlineData(typeof(NeverDue), "never comes")]
    [InlineData(typeof(MissingSetting), "needs setting Nowhere")]
    [InlineData(typeof(MissingService), "TimeZoneInfo")]
    [InlineData(typeof(Hidden), "must be a public method")]
    public async Task A_wrong_function_is_refused_at_start_in_words(Type functions, string words)
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => TestHost.StartAsync([functions], services => services.AddSingleton<ITableStore>(_ => null!)));
        Assert.Contains(words, thrown.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("AzureFunctionsJobHost:extensions:queues:batchSize", "33", "from 1 to 32")]
    [InlineData("AzureFunctionsJobHost:extensions:queues:visibilityTimeout", "soon", "must be a time span")]
    [InlineData("AzureFunctionsJobHost:extensions:queues:messageEncoding", "none", "base64")]
    [InlineData("WEBSITE_TIME_ZONE", "Middle/Earth", "neither an IANA nor a Windows")]
    [InlineData("LocalHost:MaxBodyBytes", "-1", "from 1024")]
    public async Task A_wrong_setting_is_refused_at_start_by_its_name(string name, string value, string words)
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestHost.StartAsync([], settings: new Dictionary<string, string?> { [name] = value }));
        Assert.Contains(name, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
    }

    public sealed class TwiceA
    {
        [Function("Twice")]
        public IResult A([HttpTrigger(AuthorizationLevel.Anonymous, Route = "a")] HttpRequest request) => TypedResults.Ok();

        [Function("twice")]
        public IResult B([HttpTrigger(AuthorizationLevel.Anonymous, Route = "b")] HttpRequest request) => TypedResults.Ok();
    }

    public sealed class SameRoute
    {
        [Function("A")]
        public IResult A([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{id}")] HttpRequest request) => TypedResults.Ok();

        [Function("B")]
        public IResult B([HttpTrigger(AuthorizationLevel.Anonymous, "post", "GET", Route = "X/{other}")] HttpRequest request) => TypedResults.Ok();
    }

    public sealed class Keyed
    {
        [Function("Keyed")]
        public IResult A([HttpTrigger(Route = "a")] HttpRequest request) => TypedResults.Ok();
    }

    public sealed class NoTrigger
    {
        [Function("NoTrigger")]
        public IResult A(HttpRequest request) => TypedResults.Ok();
    }

    public sealed class Unfillable
    {
        [Function("Unfillable")]
        public IResult A([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, Uri address) => TypedResults.Ok();
    }

    public sealed class AnswersPoco
    {
        [Function("AnswersPoco")]
        public string A([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => "lost";
    }

    public sealed class BadRoute
    {
        [Function("BadRoute")]
        public IResult A([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x/{id")] HttpRequest request) => TypedResults.Ok();
    }

    public sealed class BadSchedule
    {
        [Function("BadSchedule")]
        public void A([TimerTrigger("*/5 * * * *")] TimerInfo timer)
        {
        }
    }

    public sealed class NeverDue
    {
        [Function("NeverDue")]
        public void A([TimerTrigger("0 0 0 30 2 *")] TimerInfo timer)
        {
        }
    }

    public sealed class MissingSetting
    {
        [Function("MissingSetting")]
        public void A([TimerTrigger("%Nowhere%")] TimerInfo timer)
        {
        }
    }

    public sealed class MissingService(TimeZoneInfo zone)
    {
        [Function("MissingService")]
        public string? A([QueueTrigger("queue")] string message) => zone.Id;
    }

    public sealed class Hidden
    {
        [Function("Hidden")]
        internal void A([QueueTrigger("queue")] string message)
        {
        }
    }
}
