using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OutlookCrm.Pane;

/// <summary>A new customer. Its address is claimed at once; whoever is first gets it.</summary>
/// <param name="Address">May be null for an organisation that is known by name only.</param>
/// <param name="CompanyId">An organisation that is already a customer; wins over <paramref name="Company"/>.</param>
/// <param name="Source">Where the address is from; <see cref="AddressSource.Typed"/> when left out.</param>
public sealed record CreateCustomerRequest(
    [MinLength(1), MaxLength(200)] string Name,
    [MaxLength(320)] string? Address = null,
    CustomerKind Kind = CustomerKind.Person,
    [MaxLength(200)] string? Company = null,
    [MaxLength(32)] string? CompanyId = null,
    [MaxLength(120)] string? JobTitle = null,
    [MaxLength(10)] IReadOnlyList<Phone>? Phones = null,
    PostalAddress? PostalAddress = null,
    [MaxLength(35)] string? Language = null,
    [MaxLength(200)] string? Website = null,
    CustomerStage Stage = CustomerStage.Lead,
    AddressSource Source = AddressSource.Typed);

/// <summary>
/// Fields to change, as JSON merge patch (RFC 7396): a field that is left out stays, null clears it, a list replaces the list.
/// Name, kind and stage cannot be cleared.
/// </summary>
public sealed record UpdateCustomerRequest
{
    [MinLength(1), MaxLength(200)]
    public Optional<string> Name { get; init; }

    public Optional<CustomerKind> Kind { get; init; }

    [MaxLength(200)]
    public Optional<string?> Company { get; init; }

    [MaxLength(32)]
    public Optional<string?> CompanyId { get; init; }

    [MaxLength(120)]
    public Optional<string?> JobTitle { get; init; }

    [MaxLength(10)]
    public Optional<IReadOnlyList<Phone>?> Phones { get; init; }

    public Optional<PostalAddress?> PostalAddress { get; init; }

    [MaxLength(35)]
    public Optional<string?> Language { get; init; }

    [MaxLength(200)]
    public Optional<string?> Website { get; init; }

    /// <summary>The colleague's object id.</summary>
    [MaxLength(36)]
    public Optional<string?> OwnerId { get; init; }

    public Optional<CustomerStage> Stage { get; init; }

    [MaxLength(20), EachMaxLength(40)]
    public Optional<IReadOnlyList<string>?> Tags { get; init; }

    [MaxLength(20)]
    public Optional<IReadOnlyList<Expectation>?> Expectations { get; init; }

    public Optional<Preferences?> Preferences { get; init; }

    /// <summary>Contact at least every so many days, 7 to 730; null for no wish.</summary>
    public Optional<int?> EveryDays { get; init; }
}

/// <param name="Primary">True makes it the address that is shown first.</param>
public sealed record AddAddressRequest(
    [MinLength(1), MaxLength(320)] string Address, [MaxLength(40)] string? Label = null, bool Primary = false, AddressSource Source = AddressSource.Typed);

/// <param name="Id">Made by the client, a GUID: sending the same note again adds nothing.</param>
/// <param name="Text">1 to 4,000 characters; line breaks are kept.</param>
/// <param name="At">When it happened, if not now; from 1990 on and not in the future.</param>
public sealed record AddNoteRequest(
    Guid Id, [MinLength(1), MaxLength(4000), MultiLine] string Text, DateTimeOffset? At = null);

public sealed record EditNoteRequest([MinLength(1), MaxLength(4000), MultiLine] string Text);

/// <param name="Id">Made by the client, a GUID: sending the same call again adds nothing.</param>
/// <param name="Text">What was said, at most 4,000 characters; null for nothing.</param>
/// <param name="At">When it began, if not now; from 1990 on and not in the future.</param>
/// <param name="Length">About how long it was; null when nobody knows.</param>
public sealed record AddCallRequest(
    Guid Id,
    CallDirection Direction,
    [MaxLength(4000), MultiLine] string? Text = null,
    DateTimeOffset? At = null,
    CallLength? Length = null);

/// <param name="At">Another time; null leaves it.</param>
public sealed record EditCallRequest(
    CallDirection Direction, [MaxLength(4000), MultiLine] string? Text = null, DateTimeOffset? At = null, CallLength? Length = null);

public enum CallDirection
{
    Outgoing,
    Incoming,
}

public enum CallLength
{
    FiveMinutes,
    FifteenMinutes,
    ThirtyMinutes,
    FortyFiveMinutes,
    Hour,
    TwoHours,
}

/// <param name="InternetMessageId">Of a mail in the caller's own mailbox, with or without its angle brackets.</param>
public sealed record LogMailRequest([MinLength(3), MaxLength(998)] string InternetMessageId);

/// <summary>A mail is logged because somebody asked for it.</summary>
/// <param name="IsThere">On its customers' timelines now; false while Outlook is too busy to give it, and it follows by itself.</param>
public sealed record MailIsLogged(string InternetMessageId, bool IsThere);

/// <param name="Text">The end of the mail's plain text, at most 8,000 characters; read for a signature, never stored.</param>
public sealed record GuessRequest(
    [MinLength(1), MaxLength(320)] string Address,
    [MaxLength(400)] string? Name = null,
    [MaxLength(8000), MultiLine] string? Text = null);

/// <param name="People">1 to 100.</param>
public sealed record FindPeopleRequest([MinLength(1), MaxLength(100)] IReadOnlyList<AddressOnItem> People);

public sealed record AddressOnItem([MaxLength(1000)] string Address, [MaxLength(1000)] string? Name = null);

/// <summary>Settings of a mailbox to change, as JSON merge patch: a field that is left out stays.</summary>
public sealed record UpdateMailboxRequest
{
    public Optional<bool> IsOn { get; init; }

    public Optional<ColleaguesSee> ColleaguesSee { get; init; }

    /// <summary>Not in the future, and at most ten years back.</summary>
    public Optional<DateOnly> Since { get; init; }

    [MaxLength(20), EachMaxLength(255)]
    public Optional<IReadOnlyList<string>?> PrivateCategories { get; init; }
}

/// <param name="Id">One of those that the mailbox has.</param>
public sealed record ChooseFolderRequest([MinLength(1), MaxLength(400)] string Id);

/// <param name="What">An address, or a domain; a domain goes with all its sub-domains.</param>
public sealed record BlockSenderRequest([MinLength(1), MaxLength(320)] string What);

/// <param name="Name">What colleagues call it; the address when left out.</param>
public sealed record AddMailboxRequest([MinLength(1), MaxLength(320)] string Address, [MaxLength(200)] string? Name = null);

/// <summary>What an owner sets for the whole firm, as JSON merge patch.</summary>
public sealed record UpdateFirmLoggingRequest
{
    public Optional<MonthsBack> MonthsBack { get; init; }
}

/// <summary>A field that may be left out, which is not the same as null.</summary>
[JsonConverter(typeof(OptionalConverterFactory))]
public readonly record struct Optional<T>(T Value)
{
    private readonly bool given = true;

    /// <summary>False when the field was left out.</summary>
    public bool IsGiven => given;

    public T Or(T current) => given ? Value : current;
}

/// <summary>Reads a present field as given; a field that is left out keeps the default, which is not given.</summary>
public sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(OptionalConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class OptionalConverter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<T>(ref reader, options)!);

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
