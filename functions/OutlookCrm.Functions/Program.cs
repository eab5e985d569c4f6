using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using OutlookCrm;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddOutlookCrm(builder.Configuration);
builder.UseOutlookCrm();
await builder.Build().RunAsync();
