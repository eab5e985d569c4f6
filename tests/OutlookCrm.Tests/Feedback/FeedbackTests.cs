using System.Net;
using System.Net.Http.Json;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Feedback;
using OutlookCrm.Http;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Feedback;

public sealed class FeedbackTests
{
    [Fact]
    public void The_published_ranges_come_out()
    {
        int[] recommend = [.. Enumerable.Repeat(9, 6), .. Enumerable.Repeat(8, 4), .. Enumerable.Repeat(3, 2)];
        Assert.Equal((33, -11, 65), Rounded(Scores.NetPromoter(recommend)!.Value));
        Assert.Equal((83, 44, 97), Rounded(Scores.Satisfied([5, 4, 5, 4, 5, 2])!.Value));
        Assert.Equal((100, 76, 100), Rounded(Scores.Satisfied([.. Enumerable.Repeat(5, 12)])!.Value));
        Assert.Null(Scores.NetPromoter([10, 10, 10, 10]));
        Assert.Null(Scores.Satisfied([5, 5, 5, 5]));

        static (int, int, int) Rounded(Score score) => ((int)Math.Round(score.Value), (int)Math.Round(score.Low), (int)Math.Round(score.High));
    }

    [Fact]
    public void A_better_answer_never_lowers_a_score_nor_its_range_which_stays_within_what_can_be() => Prop.ForAll(
        Gen.Choose(0, 10).ListOf().Where(answers => answers.Count >= Scores.AnswersNeeded).ToArbitrary(),
        answers =>
        {
            var better = answers.Select((answer, i) => i == 0 ? Math.Min(10, answer + 3) : answer).ToArray();
            var (before, after) = (Scores.NetPromoter([.. answers])!.Value, Scores.NetPromoter(better)!.Value);
            return after.Value >= before.Value && after.Low >= before.Low - 1e-9 && after.High >= before.High - 1e-9
                && before.Low is >= -100 and <= 100 && before.High is >= -100 and <= 100 && before.Low <= before.High;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task An_answer_is_kept_once_and_a_bad_one_becomes_one_follow_up_for_the_next_working_day()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var rita = crm.SignIn(A.Rita);
        using var olga = crm.SignIn(A.Olga);
        var kim = await CustomerAsync(ben, "kim");
        var path = $"/api/customers/{kim}/feedback";
        var bad = new { id = Guid.NewGuid(), question = "recommend", score = "4", words = "Came twice,\nstill drips." };

        Assert.Equal(HttpStatusCode.Created, (await ben.PostAsJsonAsync(path, bad)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ben.PostAsJsonAsync(path, bad)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await ben.PostAsJsonAsync(path, new { id = Guid.NewGuid(), question = "satisfied", score = "5" })).StatusCode);

        var card = (await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{kim}", ContractJson.Options))!;
        var followUp = Assert.Single(card.FollowUps.Open);
        Assert.Equal(("Ask what went wrong: they gave 4 of 10", FollowUpKind.WeOwe), (followUp.Note, followUp.Kind));
        Assert.True(followUp.DueOn > DateOnly.FromDateTime(crm.Clock.GetUtcNow().UtcDateTime));
        var business = (await rita.GetFromJsonAsync<CustomerBusiness>($"/api/customers/{kim}/business", ContractJson.Options))!;
        Assert.Equal([5, 4], business.Feedback.Answers.OrderByDescending(one => one.Score).Select(one => one.Score));
        Assert.Contains("still drips.", await HtmlAsync(rita, $"/api/customers/{kim}/business"), StringComparison.Ordinal);

        foreach (var (question, score) in new[] { ("recommend", "11"), ("satisfied", "0"), ("satisfied", "6"), ("recommend", "-1"), ("recommend", "x"), ("recommend", "1.") })
        {
            using var refused = await ben.PostAsJsonAsync(path, new { id = Guid.NewGuid(), question, score });
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("\"score\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await ben.PostAsJsonAsync(path, new { id = Guid.NewGuid(), question = "satisfied", score = "5", on = "2099-01-01" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await rita.PostAsJsonAsync(path, bad)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.PostAsJsonAsync(path, bad)).StatusCode);

        // What was removed stays removed, however late the same answer comes again.
        Assert.Equal(HttpStatusCode.OK, (await ben.DeleteAsync($"{path}/{bad.id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ben.DeleteAsync($"{path}/{bad.id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ben.PostAsJsonAsync(path, bad)).StatusCode);
        Assert.Equal(5, Assert.Single((await SatisfactionAsync(ben)).Answers).Answer.Score);
        Assert.Empty((await SatisfactionAsync(olga)).Answers);
    }

    [Fact]
    public async Task A_score_counts_each_customer_once_by_the_newest_answer_of_a_year_and_none_under_five()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var today = DateOnly.FromDateTime(crm.Clock.GetUtcNow().UtcDateTime);
        var customers = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            customers.Add(await CustomerAsync(ben, $"c{i}"));
            Assert.Null((await SatisfactionAsync(ben)).Recommend.Score);
            await AnswerAsync(i, "2", today.AddDays(-30 - i));
            await AnswerAsync(i, "9", today.AddDays(-i));
        }

        await AnswerAsync(0, "1", today.AddYears(-2));
        var page = await SatisfactionAsync(ben);

        Assert.Equal((5, 100, 5), (page.Recommend.Answers, page.Recommend.Score, page.Total));
        Assert.Equal((0, (int?)null), (page.Satisfied.Answers, page.Satisfied.Score));
        Assert.Contains("in 95 of 100 cases. 5 answers.", await HtmlAsync(ben, "/api/satisfaction"), StringComparison.Ordinal);

        async Task AnswerAsync(int customer, string score, DateOnly on) => (await ben.PostAsJsonAsync(
            $"/api/customers/{customers[customer]}/feedback", new { id = Guid.NewGuid(), question = "recommend", score, on })).EnsureSuccessStatusCode();
    }

    private static async Task<SatisfactionPage> SatisfactionAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<SatisfactionPage>("/api/satisfaction", ContractJson.Options))!;

    private static async Task<string> CustomerAsync(HttpClient client, string name)
    {
        using var made = await client.PostAsJsonAsync("/api/customers", new { name, address = $"{name}@kunde.example" });
        return (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }

    private static async Task<string> HtmlAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}
