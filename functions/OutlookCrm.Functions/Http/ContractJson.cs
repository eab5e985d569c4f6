using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

/// <summary>
/// How contract records are written and read: camelCase, enums as camelCase text, nulls left out. Made at compile time:
/// a record that is a contract of its own is listed on <see cref="ContractJsonContext"/>.
/// </summary>
public static class ContractJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // RequestShape has looked for them, and lets what may be null be left out.
            RespectRequiredConstructorParameters = false,
            // Letters of every script as they are; < > & ' stay escaped.
            Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
            TypeInfoResolver = ContractJsonContext.Default,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly();
        return options;
    }
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CustomerCard))]
[JsonSerializable(typeof(SenderCard))]
[JsonSerializable(typeof(PeopleOnItem))]
[JsonSerializable(typeof(SearchResults))]
[JsonSerializable(typeof(FirstSteps))]
[JsonSerializable(typeof(CampaignAddresses))]
[JsonSerializable(typeof(Timeline))]
[JsonSerializable(typeof(EditConflict))]
[JsonSerializable(typeof(ColleagueList))]
[JsonSerializable(typeof(MailboxSettings))]
[JsonSerializable(typeof(MailFolderList))]
[JsonSerializable(typeof(SettingsConflict))]
[JsonSerializable(typeof(MailboxList))]
[JsonSerializable(typeof(ReceiptLine))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(CorrespondentList))]
[JsonSerializable(typeof(BecameCustomer))]
[JsonSerializable(typeof(PurchaseList))]
[JsonSerializable(typeof(InsightsPage))]
[JsonSerializable(typeof(FigureList))]
[JsonSerializable(typeof(InsightsSettings))]
[JsonSerializable(typeof(CampaignAudience))]
[JsonSerializable(typeof(CustomerFeedback))]
[JsonSerializable(typeof(SatisfactionPage))]
[JsonSerializable(typeof(CustomerBusiness))]
[JsonSerializable(typeof(AddFeedbackRequest))]
[JsonSerializable(typeof(ImportList))]
[JsonSerializable(typeof(ImportPage))]
[JsonSerializable(typeof(ImportProblems))]
[JsonSerializable(typeof(ImportPlan))]
[JsonSerializable(typeof(ImportResult))]
[JsonSerializable(typeof(ProductList))]
[JsonSerializable(typeof(DealList))]
[JsonSerializable(typeof(FollowUpList))]
[JsonSerializable(typeof(FollowUpLine))]
[JsonSerializable(typeof(FollowUpForm))]
[JsonSerializable(typeof(FollowUpConflict))]
[JsonSerializable(typeof(MyDay))]
[JsonSerializable(typeof(WaitingCustomers))]
[JsonSerializable(typeof(QuietCustomers))]
[JsonSerializable(typeof(PeopleWhoLeft))]
[JsonSerializable(typeof(ReminderChoices))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(FirmHealth))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(CreateCustomerRequest))]
[JsonSerializable(typeof(UpdateCustomerRequest))]
[JsonSerializable(typeof(AddAddressRequest))]
[JsonSerializable(typeof(AddNoteRequest))]
[JsonSerializable(typeof(EditNoteRequest))]
[JsonSerializable(typeof(AddCallRequest))]
[JsonSerializable(typeof(EditCallRequest))]
[JsonSerializable(typeof(LogMailRequest))]
[JsonSerializable(typeof(MailIsLogged))]
[JsonSerializable(typeof(WhyHere))]
[JsonSerializable(typeof(WrittenLine))]
[JsonSerializable(typeof(UndoPreview))]
[JsonSerializable(typeof(UndoDone))]
[JsonSerializable(typeof(UndoneList))]
[JsonSerializable(typeof(CustomerActions))]
[JsonSerializable(typeof(ErasurePreview))]
[JsonSerializable(typeof(CustomerErased))]
[JsonSerializable(typeof(ErasureList))]
[JsonSerializable(typeof(EraseCustomerRequest))]
[JsonSerializable(typeof(EraseAddressRequest))]
[JsonSerializable(typeof(LiftErasureRequest))]
[JsonSerializable(typeof(GuessRequest))]
[JsonSerializable(typeof(FindPeopleRequest))]
[JsonSerializable(typeof(UpdateMailboxRequest))]
[JsonSerializable(typeof(ChooseFolderRequest))]
[JsonSerializable(typeof(BlockSenderRequest))]
[JsonSerializable(typeof(AddMailboxRequest))]
[JsonSerializable(typeof(UpdateFirmLoggingRequest))]
[JsonSerializable(typeof(AddPurchaseRequest))]
[JsonSerializable(typeof(SaveProductRequest))]
[JsonSerializable(typeof(AddDealRequest))]
[JsonSerializable(typeof(UpdateDealRequest))]
[JsonSerializable(typeof(CloseDealRequest))]
[JsonSerializable(typeof(PlanFollowUpRequest))]
[JsonSerializable(typeof(ChangeFollowUpRequest))]
[JsonSerializable(typeof(SnoozeFollowUpRequest))]
[JsonSerializable(typeof(UpdateReminderChoicesRequest))]
[JsonSerializable(typeof(HandOverFollowUpsRequest))]
[JsonSerializable(typeof(UpdateHolidaysRequest))]
internal sealed partial class ContractJsonContext : JsonSerializerContext;
