using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Feedback;

public static class FeedbackServices
{
    public static IServiceCollection AddFeedback(this IServiceCollection services) => services.AddSingleton<FeedbackStore>();
}
