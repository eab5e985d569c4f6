using System.Net;
using System.Net.Http.Json;
using OutlookCrm.Http;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Interactions;

public sealed class CallsTests
{
    [Fact]
    public async Task A_call_is_contact_and_says_who_called_and_how_long()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var at = crm.Clock.GetUtcNow().AddHours(-2);

        var answer = await ben.PostAsJsonAsync(
            $"/api/customers/{kim}/calls",
            new AddCallRequest(Guid.NewGuid(), CallDirection.Incoming, " asked for\r\nthe price ", at, CallLength.ThirtyMinutes),
            ContractJson.Options);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var line = Assert.Single((await answer.Content.ReadFromJsonAsync<Timeline>(ContractJson.Options))!.Lines);
        Assert.Equal(
            (InteractionKind.Call, Direction.Incoming, at, at.AddMinutes(30), "asked for\nthe price", A.Ben.Name),
            (line.Kind, line.Direction, line.At, line.EndsAt!.Value, line.Text, line.By));
        Assert.Equal(at, (await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{kim}", ContractJson.Options))!.LastContactAt);
    }

    [Fact]
    public async Task A_call_moves_to_another_time_once_however_many_move_it_and_is_no_note()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var call = new AddCallRequest(Guid.NewGuid(), CallDirection.Outgoing);
        await ben.PostAsJsonAsync($"/api/customers/{kim}/calls", call, ContractJson.Options);
        var path = $"/api/customers/{kim}/calls/{call.Id}";

        var moves = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => ben.PutAsJsonAsync(
            path, new EditCallRequest(CallDirection.Incoming, $"{i}", crm.Clock.GetUtcNow().AddHours(-i)), ContractJson.Options)));

        Assert.All(moves, move => Assert.Equal(HttpStatusCode.OK, move.StatusCode));
        Assert.Single((await ben.GetFromJsonAsync<Timeline>($"/api/customers/{kim}/timeline", ContractJson.Options))!.Lines);
        Assert.Equal(HttpStatusCode.NotFound, (await ben.DeleteAsync($"/api/customers/{kim}/notes/{call.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ben.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ben.PostAsJsonAsync($"/api/customers/{kim}/calls", call, ContractJson.Options)).StatusCode);
        Assert.Empty((await ben.GetFromJsonAsync<Timeline>($"/api/customers/{kim}/timeline", ContractJson.Options))!.Lines);
    }

    private static async Task<string> CustomerAsync(HttpClient client)
    {
        var answer = await client.PostAsJsonAsync("/api/customers", new CreateCustomerRequest("Kim", "kim@fjord.example"), ContractJson.Options);
        return (await answer.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }
}
