using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>The card beside an open mail, its form filled from the signature too. The text is read and forgotten.</summary>
public sealed class GuessCustomer(Senders senders, SenderGuess guess, Caller caller)
{
    [Function(nameof(GuessCustomer)), Requires(Role.Reader)]
    [Says("The customer with this address, or a form filled from the mail's signature")]
    [Takes(typeof(GuessRequest))]
    [Answers(200, typeof(SenderCard))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "card/guess")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<GuessRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        if (CustomerRules.Address(asked.Address, errors) is not { } address)
        {
            return Answer.Invalid(errors);
        }

        if (await senders.AnswerKnownAsync(caller, address, request.HttpContext, cancellation) is { } known)
        {
            return known;
        }

        var sender = await senders.IntroduceAsync(caller.TenantId, address, asked.Name, cancellation);
        if (sender is UnknownSender unknown && asked.Text is { } text)
        {
            var draft = SignatureGuess.Improve(unknown.Draft, address, asked.Name, text);
            sender = await guess.WithDraftAsync(caller.TenantId, unknown, draft, cancellation);
        }

        return Answer.Ok(sender);
    }
}
