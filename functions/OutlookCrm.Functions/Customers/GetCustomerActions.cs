using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>What is done with a customer too seldom to be drawn with every card.</summary>
public sealed class GetCustomerActions(CustomerStore customers, Caller caller)
{
    [Function(nameof(GetCustomerActions)), Requires(Role.Member)]
    [Says("What else the caller may do with a customer: the forms, for the pane")]
    [Answers(200, typeof(CustomerActions)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/actions")] HttpRequest request,
        string id,
        CancellationToken cancellation) =>
        CustomerId.TryParse(id, out var customer) && await customers.FindAsync(caller.TenantId, customer, cancellation) is { } found
            ? Answer.Ok(new CustomerActions(customer.ToString(), found.Name, caller.Role >= Role.Owner))
            : Answer.NotFound("No customer has this id.");
}
