using System.Diagnostics.CodeAnalysis;

namespace OutlookCrm.Customers;

/// <summary>Names a customer within its firm: 32 lower-case hexadecimal digits, older ones sort first.</summary>
public readonly record struct CustomerId(Guid Value)
{
    public static CustomerId New(TimeProvider clock) => new(Guid.CreateVersion7(clock.GetUtcNow()));

    public static bool TryParse([NotNullWhen(true)] string? text, out CustomerId id)
    {
        var read = Guid.TryParseExact(text, "N", out var value);
        id = new CustomerId(value);
        return read;
    }

    public static CustomerId Parse(string text) => new(Guid.ParseExact(text, "N"));

    public override string ToString() => Value.ToString("N");
}
