using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Feedback;

/// <summary>How satisfied the firm's customers are: each one's newest answer to each question of the last twelve months.</summary>
public sealed class GetSatisfaction(FeedbackStore feedback, TimeProvider clock, Caller caller)
{
    private const int Shown = 100;

    [Function(nameof(GetSatisfaction)), Requires(Role.Reader)]
    [Says("How satisfied the firm's customers are, with the answers it rests on")]
    [Answers(200, typeof(SatisfactionPage))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "satisfaction")] HttpRequest request, CancellationToken cancellation)
    {
        var since = clock.GetUtcNow().DayInUtc().AddYears(-1);
        var all = await feedback.ReadSinceAsync(caller.TenantId, since, cancellation);

        // Whoever answers often counts once.
        var newest = all.GroupBy(one => (one.Answer.Customer, one.Answer.Question)).Select(own => own.First()).ToArray();
        int[] Of(FeedbackQuestion question) => [.. newest.Where(one => one.Answer.Question == question).Select(one => one.Answer.Score)];
        var (recommend, satisfied) = (Of(FeedbackQuestion.Recommend), Of(FeedbackQuestion.Satisfied));
        return Answer.Ok(new SatisfactionPage(
            since,
            ToFigures(recommend.Length, Scores.NetPromoter(recommend)),
            ToFigures(satisfied.Length, Scores.Satisfied(satisfied)),
            [.. newest.OrderByDescending(one => one.Answer.IsComplaint).ThenByDescending(one => one.Answer.On).Take(Shown)
                .Select(one => new FeedbackOfCustomer(one.Answer.Customer.ToString(), one.Name, FeedbackStore.ToEntry(one.Answer)))],
            newest.Length));
    }

    private static ScoreFigures ToFigures(int answers, Score? score) => score is { } known
        ? new ScoreFigures(answers, (int)Math.Round(known.Value), (int)Math.Round(known.Low), (int)Math.Round(known.High))
        : new ScoreFigures(answers);
}
