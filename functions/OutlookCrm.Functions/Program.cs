using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OutlookCrm;
using OutlookCrm.Graph;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddOutlookCrm(builder.Configuration);
builder.Services.AddHostedService<GraphWarmUp>();
// Below these they write addresses of requests, in which addresses of people stand.
builder.Services.AddLogging(logging => logging
    .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
    .AddFilter("System.Net.Http", LogLevel.Warning)
    .AddFilter("Azure", LogLevel.Warning));
builder.UseOutlookCrmInAzure();
await builder.Build().RunAsync();
