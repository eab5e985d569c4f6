using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.LocalHost;

/// <summary>The middleware around every function, the first added outermost.</summary>
internal sealed class InvocationPipeline(IServiceCollection services) : IFunctionsWorkerApplicationBuilder
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware = [];

    public IServiceCollection Services => services;

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> add)
    {
        middleware.Add(add);
        return this;
    }

    public FunctionExecutionDelegate Build() => middleware
        .AsEnumerable()
        .Reverse()
        .Aggregate<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>, FunctionExecutionDelegate>(
            static context => ((LocalInvocation)context).Function.ExecuteAsync((LocalInvocation)context),
            static (next, add) => add(next));
}
